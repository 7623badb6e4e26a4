//! Delays have the distributions that they claim, and are the same on every platform.

use sim_engine::Delay;
use sim_node::{Duration, Ratio, Span};

use crate::scene::Scene;
use crate::toy::{Act, Msg, Script, ms, set};

/// Words to draw with: SplitMix64 (Steele, Lea, Flood 2014), a generator that the engine does not
/// use.
fn words(seed: u64, count: usize) -> impl Iterator<Item = u64> {
    let mut state = seed;
    std::iter::repeat_with(move || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut word = state;
        word = (word ^ word >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ word >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        word ^ word >> 31
    })
    .take(count)
}

const DRAWS: usize = 100_000;

/// So many draws, smallest first.
fn drawn(delay: &Delay) -> Vec<u64> {
    let mut drawn: Vec<u64> = words(1, DRAWS).map(|word| delay.draw(word)).collect();
    drawn.sort_unstable();
    drawn
}

fn mean(drawn: &[u64]) -> f64 {
    drawn.iter().map(|length| *length as f64).sum::<f64>() / drawn.len() as f64
}

/// That two lengths agree but for so many parts in a hundred.
fn assert_close(one: f64, other: f64, percent: f64) {
    assert!((one - other).abs() <= other * percent / 100.0, "{one} is not {other}");
}

/// The length below which lie so many parts in a thousand of the draws.
fn quantile(drawn: &[u64], per_mille: usize) -> f64 {
    drawn[drawn.len() * per_mille / 1_000] as f64
}

#[test]
fn constant_is_constant() {
    assert!(words(1, 100).all(|word| Delay::Constant(ms(7)).draw(word) == 7_000_000));
}

#[test]
fn uniform_reaches_both_ends_and_prefers_nothing() {
    let few = Delay::Uniform(Duration::from_nanos(5), Duration::from_nanos(8));
    let drawn = drawn(&few);
    for length in 5..=8 {
        let times = drawn.iter().filter(|one| **one == length).count();
        // A quarter of 100,000, give or take 5 standard deviations of 137.
        assert!((24_315..=25_685).contains(&times), "{length}: {times}");
    }
    assert_eq!((few.draw(0), few.draw(u64::MAX)), (5, 8));

    let wide = self::drawn(&Delay::Uniform(ms(10), ms(20)));
    assert_close(mean(&wide), 15e6, 0.2);
    for per_mille in [100, 250, 500, 900] {
        let expected = 10e6 + 10e6 * per_mille as f64 / 1_000.0;
        assert_close(quantile(&wide, per_mille), expected, 0.5);
    }
}

#[test]
fn exponential_has_its_mean_and_quantiles() {
    let delay = Delay::Exponential { mean: ms(10), min: ms(2) };
    let drawn = drawn(&delay);
    // The standard error of the mean is a third of a percent of 10 ms.
    assert_close(mean(&drawn) - 2e6, 10e6, 1.0);
    for (per_mille, share) in [(100, 0.9), (500, 0.5), (900, 0.1), (990, 0.01)] {
        let expected = -libm::log(share) * 10e6;
        assert_close(quantile(&drawn, per_mille) - 2e6, expected, 3.0);
    }
    assert!(drawn[0] >= 2_000_000);
}

#[test]
fn the_integer_logarithm_is_close_to_the_real_one() {
    let delay = Delay::Exponential { mean: Duration::from_secs(1), min: Duration::ZERO };
    let edges = [0, 1, 2, 3, u64::MAX, u64::MAX - 1, 1 << 63, (1 << 63) - 1, (1 << 63) + 1];
    for word in words(2, 10_000).chain(edges) {
        let exact = -libm::log((word | 1) as f64 / 18_446_744_073_709_551_616.0) * 1e9;
        let drawn = delay.draw(word) as f64;
        // Two parts in a million of the mean, from linear interpolation between 256 points.
        assert!((drawn - exact).abs() <= 2e-6 * 1e9 + 1.0, "{word:#x}: {drawn} is not {exact}");
    }
    // The longest there is: 64 ln 2 = 44.36 times the mean.
    assert_close(delay.draw(0) as f64, 44.361_4e9, 0.001);
    let mut sorted: Vec<u64> = words(3, 10_000).collect();
    sorted.sort_unstable();
    assert!(sorted.is_sorted_by_key(|word| std::cmp::Reverse(delay.draw(*word))));
}

#[test]
fn pareto_has_its_quantiles_and_its_cut() {
    let delay = Delay::Pareto { min: ms(1), shape: 1.5, max: ms(100) };
    let drawn = drawn(&delay);
    assert!(drawn[0] >= 1_000_000);
    for (per_mille, share) in [(100, 0.9), (500, 0.5), (900, 0.1), (990, 0.01)] {
        let expected = 1e6 * libm::pow(share, -1.0 / 1.5);
        assert_close(quantile(&drawn, per_mille), expected, 4.0);
    }
    // One in 100^1.5 = 1,000 is cut: 100 of 100,000, give or take 5 standard deviations of 10.
    let cut = drawn.iter().filter(|length| **length == 100_000_000).count();
    assert!((50..=150).contains(&cut), "{cut}");
    // With a thin tail the mean is min * shape / (shape - 1).
    let thin = Delay::Pareto { min: ms(1), shape: 4.0, max: Duration::from_secs(3_600) };
    assert_close(mean(&self::drawn(&thin)), 1e6 * 4.0 / 3.0, 1.0);
}

#[test]
fn a_mixture_draws_each_part_by_its_weight() {
    let delay = Delay::Mixture(vec![
        (7, Delay::Constant(ms(1))),
        (2, Delay::Uniform(ms(10), ms(20))),
        (0, Delay::Constant(ms(999))),
        (1, Delay::Mixture(vec![(1, Delay::Constant(ms(50))), (3, Delay::Constant(ms(60)))])),
    ]);
    let drawn = drawn(&delay);
    let count = |from: u64, to: u64| {
        let within = |length: &&u64| (from * 1_000_000..=to * 1_000_000).contains(*length);
        drawn.iter().filter(within).count()
    };
    let share = |from, to| count(from, to) as f64 / DRAWS as f64;
    assert_close(share(1, 1), 0.7, 1.0);
    assert_close(share(10, 20), 0.2, 3.0);
    assert_close(share(10, 15), 0.1, 5.0);
    assert_close(share(50, 50), 0.025, 10.0);
    assert_close(share(60, 60), 0.075, 5.0);
    assert_eq!((count(999, 999), count(0, 60)), (0, drawn.len()));
}

#[test]
fn every_draw_lies_between_the_least_and_the_greatest() {
    let delays = [
        Delay::Constant(ms(3)),
        Delay::Uniform(ms(3), ms(9)),
        Delay::Exponential { mean: ms(4), min: ms(1) },
        Delay::Pareto { min: ms(2), shape: 0.5, max: ms(80) },
        Delay::Mixture(vec![(1, Delay::Constant(ms(3))), (1, Delay::Uniform(ms(1), ms(2)))]),
    ];
    let greatest = [Some(ms(3)), Some(ms(9)), None, Some(ms(80)), Some(ms(3))];
    let least = [3, 3, 1, 2, 1].map(ms);
    for ((delay, greatest), least) in delays.iter().zip(greatest).zip(least) {
        assert_eq!((delay.greatest(), delay.least()), (greatest, least));
        let drawn = drawn(delay);
        assert!(drawn[0] >= least.as_nanos());
        assert!(greatest.is_none_or(|most| *drawn.last().expect("some") <= most.as_nanos()));
        if !matches!(delay, Delay::Pareto { .. }) {
            assert_close(mean(&drawn), delay.mean().as_nanos() as f64, 1.0);
        }
    }
}

/// The same everywhere: written down once, and never to change.
#[test]
fn words_mean_the_same_lengths_everywhere() {
    let delays = [
        Delay::Uniform(Duration::ZERO, Duration::from_secs(1)),
        Delay::Exponential { mean: Duration::from_secs(1), min: Duration::ZERO },
        Delay::Pareto { min: Duration::from_secs(1), shape: 1.2, max: Duration::from_secs(9_999) },
    ];
    let golden = delays.map(|delay| {
        [0x0123_4567_89ab_cdef, 0xfedc_ba98_7654_3210, 1 << 20].map(|word| delay.draw(word))
    });
    assert_eq!(golden, GOLDEN);
}

const GOLDEN: [[u64; 3]; 3] = [
    [4_444_444, 995_555_556, 0],
    [5_416_101_566, 4_454_734, 30_498_474_994],
    [91_233_029_933, 1_003_718_856, 9_999_000_000_000],
];

/// Node 0 sends ten thousand messages to node 1, one a millisecond.
fn ten_thousand() -> Scene {
    let script = Script::new().start(0, [set(0, 1)]).timer(
        0,
        0,
        [Act::Send(1, Msg::A(0)), Act::Choose(6), set(0, 1)],
    );
    Scene::new(2, script).deadline(10_000)
}

#[test]
fn messages_are_lost_and_duplicated_as_often_as_said() {
    let mut scene = ten_thousand();
    scene.0.network.link.loss = Ratio::from_percent(5);
    scene.0.network.link.duplication = Ratio::from_percent(20);
    let sent = scene.run().history.sent;
    let count = |what: &str| sent.iter().filter(|line| line.contains(what)).count();
    // 500 of 10,000 give or take 5 times 22; of the 9,500 others 1,900 give or take 5 times 39.
    assert!((390..=610).contains(&count("lost")), "{}", count("lost"));
    assert!((1_705..=2_095).contains(&count("copy")), "{}", count("copy"));
}

#[test]
fn choices_are_equally_likely() {
    let said = ten_thousand().run().said;
    for face in 0..6 {
        let times = said.iter().filter(|line| line.ends_with(&format!("says {face}"))).count();
        // A sixth of 10,000 is 1,667, give or take 5 standard deviations of 37.
        assert!((1_480..=1_853).contains(&times), "{face}: {times}");
    }
}

#[test]
fn a_timer_draws_from_its_whole_span() {
    let nanos = Duration::from_nanos;
    let again = Act::Set(0, Span::between(nanos(10), nanos(13)));
    let script = Script::new().start(0, [again.clone()]).timer(0, 0, [again]);
    let mut scene = Scene::new(1, script);
    scene.0.deadline = sim_check::SimTime::from_nanos(100_000);
    let run = scene.run();
    let clocks = &run.world.state(sim_node::NodeId::new(0)).expect("it is up").clocks;
    let lengths: Vec<u64> = clocks.windows(2).map(|two| (two[1].0 - two[0].0).as_nanos()).collect();
    for length in 10..=13 {
        let times = lengths.iter().filter(|one| **one == length).count();
        // About 8,700 timers: 2,174 each, give or take 5 standard deviations of 40.
        assert!((1_974..=2_374).contains(&times), "{length}: {times} of {}", lengths.len());
    }
    assert!(lengths.iter().all(|length| (10..=13).contains(length)));
}
