//! Small random histories: what clients of a correct object might see, and now and then a lie.

use std::fmt::Debug;

use proptest::collection::vec;
use proptest::prelude::*;
use sim_check::linearizability::{
    CasOperation, CasOutput, CasRegister, Command, KeyValue, Output, Register, RegisterOperation,
    RegisterOutput, Spec, Text,
};
use sim_check::{CallId, History, SimTime};

/// At most so many operations, so that all their orders can be tried.
pub(crate) const OPERATIONS: usize = 7;

/// A specification of which random operations and answers can be drawn.
pub(crate) trait Random:
    Spec<Operation: Debug + Clone + 'static, Output: Debug + Clone + 'static>
{
    /// The objects.
    fn spec() -> Self;
    /// An operation.
    fn operation() -> BoxedStrategy<Self::Operation>;
    /// An answer, that of any operation.
    fn output() -> BoxedStrategy<Self::Output>;
}

/// One thing that happens next.
#[derive(Clone, Debug)]
struct Step<O, R> {
    /// Whether an operation begins, as long as there are not too many; else one ends.
    begins: bool,
    /// Which one of those under way ends.
    which: usize,
    operation: O,
    /// Whether the operation takes effect as soon as it is invoked; else at its end.
    at_once: bool,
    end: Ending<R>,
}

#[derive(Clone, Debug)]
enum Ending<R> {
    Honest,
    Silent,
    Failed,
    Unknown,
    Lie(R),
}

/// A history of at most [`OPERATIONS`] operations.
pub(crate) fn history<S: Random>() -> BoxedStrategy<History<S::Operation, S::Output>> {
    let ending = prop_oneof![
        12 => Just(Ending::Honest),
        1 => Just(Ending::Silent),
        1 => Just(Ending::Failed),
        3 => Just(Ending::Unknown),
        3 => S::output().prop_map(Ending::Lie),
    ];
    let step = (prop::bool::weighted(0.55), 0..64_usize, S::operation(), any::<bool>(), ending);
    let step = step.prop_map(|(begins, which, operation, at_once, end)| Step {
        begins,
        which,
        operation,
        at_once,
        end,
    });
    vec(step, 2..2 * OPERATIONS + 2).prop_map(|steps| play(&S::spec(), steps)).boxed()
}

struct UnderWay<O, R> {
    call: CallId,
    operation: O,
    output: Option<R>,
}

/// Lets the steps happen on correct objects.
fn play<S: Random>(
    spec: &S,
    steps: Vec<Step<S::Operation, S::Output>>,
) -> History<S::Operation, S::Output> {
    let mut history = History::new();
    let mut under_way: Vec<UnderWay<S::Operation, S::Output>> = Vec::new();
    let mut objects: Vec<(S::Key, S::State)> = Vec::new();
    let mut apply = |operation: &S::Operation| {
        let key = spec.key(operation);
        let at = objects.iter().position(|(other, _)| *other == key).unwrap_or_else(|| {
            objects.push((key.clone(), spec.initial(&key)));
            objects.len() - 1
        });
        spec.apply(&mut objects[at].1, operation)
    };
    for (now, step) in (0..).map(SimTime::from_nanos).zip(steps) {
        if step.begins && history.len() < OPERATIONS {
            let call = history.invoke(now.as_nanos() % 3, step.operation.clone(), now);
            let output = step.at_once.then(|| apply(&step.operation));
            under_way.push(UnderWay { call, operation: step.operation, output });
        } else if !under_way.is_empty() {
            let which = step.which % under_way.len();
            let UnderWay { call, operation, output } = under_way.swap_remove(which);
            match step.end {
                Ending::Unknown => history.unknown(call, now),
                Ending::Failed if output.is_none() => history.failed(call, now),
                Ending::Lie(lie) => history.returned(call, lie, now),
                end => {
                    let output = output.unwrap_or_else(|| apply(&operation));
                    let told = !matches!(end, Ending::Silent);
                    history.returned(call, told.then_some(output), now);
                }
            }
        }
    }
    history
}

impl Random for Register<u8> {
    fn spec() -> Self {
        Self { initial: 0 }
    }

    fn operation() -> BoxedStrategy<RegisterOperation<u8>> {
        prop_oneof![Just(RegisterOperation::Read), (0..3_u8).prop_map(RegisterOperation::Write)]
            .boxed()
    }

    fn output() -> BoxedStrategy<RegisterOutput<u8>> {
        prop_oneof![
            1 => Just(RegisterOutput::Done),
            4 => (0..3_u8).prop_map(RegisterOutput::Value),
        ]
        .boxed()
    }
}

impl Random for CasRegister<u8> {
    fn spec() -> Self {
        Self { initial: 1 }
    }

    fn operation() -> BoxedStrategy<CasOperation<u8>> {
        prop_oneof![
            Just(CasOperation::Read),
            (0..3_u8).prop_map(CasOperation::Write),
            (0..3_u8, 0..3_u8).prop_map(|(from, to)| CasOperation::CompareAndSet(from, to)),
        ]
        .boxed()
    }

    fn output() -> BoxedStrategy<CasOutput<u8>> {
        prop_oneof![
            1 => Just(CasOutput::Done),
            3 => (0..3_u8).prop_map(CasOutput::Value),
            3 => any::<bool>().prop_map(CasOutput::Written),
        ]
        .boxed()
    }
}

impl Random for KeyValue {
    fn spec() -> Self {
        Self
    }

    fn operation() -> BoxedStrategy<(String, Command)> {
        let command = prop_oneof![
            3 => Just(Command::Get),
            1 => text().prop_map(Command::Put),
            2 => text().prop_map(Command::Append),
            1 => (value(), text()).prop_map(|(from, to)| Command::CompareAndSet(from, to)),
            1 => Just(Command::Delete),
        ];
        ("[xy]", command).boxed()
    }

    fn output() -> BoxedStrategy<Output> {
        prop_oneof![
            1 => Just(Output::Done),
            3 => value().prop_map(Output::Value),
            2 => any::<bool>().prop_map(Output::Written),
        ]
        .boxed()
    }
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![Just(String::new()), Just("a".to_owned()), Just("b".to_owned())]
}

fn value() -> impl Strategy<Value = Option<Text>> {
    prop::option::of(text().prop_map(Text::from))
}
