//! Histories of real systems that nobody here recorded: the checker must say what their sources
//! say. They are read from `histories` in the folder that `REHEARSAL_DATA` names.

mod recorded;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use recorded::{etcd, knossos, porcupine_kv};
use sim_check::linearizability::{Budget, KeyValue, Report, Ruling, Spec, check};
use sim_check::{History, Verdict};

/// What a source says.
fn expected(linearizable: bool) -> Verdict {
    if linearizable { Verdict::Held } else { Verdict::Violated }
}

#[test]
fn etcd_logs_get_their_verdicts_or_are_left_out_loudly() {
    let Some(folder) = histories("the logs of etcd") else { return };
    let table = fs::read_to_string(folder.join("verdicts.tsv")).expect("the table of verdicts");
    let mut tally = Tally::new("etcd");
    for line in table.lines() {
        let (name, verdict) = line.split_once('\t').expect("a file and its verdict");
        let linearizable = match verdict {
            "linearizable" => true,
            "not-linearizable" => false,
            _ => panic!("{name}: unknown verdict {verdict}"),
        };
        let history = etcd::read(&read(&folder.join(name)));
        tally.judge(name, &etcd::REGISTER, &history, expected(linearizable));
    }
    let logs = files(&folder.join("etcd"), "log").len();
    assert_eq!(tally.judged, logs, "each log has a verdict");
    tally.tell();
}

#[test]
fn key_value_histories_get_their_verdicts_or_are_left_out_loudly() {
    let Some(folder) = histories("Porcupine's key-value histories") else { return };
    let mut tally = Tally::new("kv");
    for file in files(&folder.join("kv"), "txt") {
        let name = file.file_stem().and_then(|name| name.to_str()).expect("a name");
        let linearizable = match name.rsplit_once('-') {
            Some((_, "ok")) => true,
            Some((_, "bad")) => false,
            _ => panic!("{name}: neither ok nor bad"),
        };
        let history = porcupine_kv::read(&read(&file));
        tally.judge(name, &KeyValue, &history, expected(linearizable));
    }
    tally.tell();
}

#[test]
fn knossos_histories_get_their_verdicts_or_are_left_out_loudly() {
    let Some(folder) = histories("Knossos' histories") else { return };
    let mut tally = Tally::new("knossos");
    for (kind, linearizable) in [("good", true), ("bad", false)] {
        for file in files(&folder.join("knossos").join(kind), "edn") {
            let history = knossos::read(&read(&file));
            let name = file.display().to_string();
            tally.judge(&name, &knossos::REGISTER, &history, expected(linearizable));
        }
    }
    tally.tell();
}

/// The folder of the histories; without it, a complaint that the test harness does not capture.
fn histories(what: &str) -> Option<PathBuf> {
    let Some(data) = std::env::var_os("REHEARSAL_DATA") else {
        say(&format!("LEFT OUT: {what}, for REHEARSAL_DATA names no folder to read them from"));
        return None;
    };
    let folder = Path::new(&data).join("histories");
    assert!(folder.is_dir(), "REHEARSAL_DATA is set, but there is no {}", folder.display());
    Some(folder)
}

fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let mut files: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.retain(|file| file.extension().is_some_and(|found| found == extension));
    files.sort();
    assert!(!files.is_empty(), "no .{extension} in {}", folder.display());
    files
}

fn read(file: &Path) -> String {
    fs::read_to_string(file).unwrap_or_else(|e| panic!("{}: {e}", file.display()))
}

/// What a set of histories took.
struct Tally {
    set: &'static str,
    judged: usize,
    operations: usize,
    visited: u64,
    most_visited: u64,
    time: Duration,
    longest: Duration,
}

impl Tally {
    fn new(set: &'static str) -> Self {
        let (time, longest) = (Duration::ZERO, Duration::ZERO);
        Self { set, judged: 0, operations: 0, visited: 0, most_visited: 0, time, longest }
    }

    fn judge<S: Spec>(
        &mut self,
        name: &str,
        spec: &S,
        history: &History<S::Operation, S::Output>,
        expected: Verdict,
    ) {
        let (Report { ruling, visited }, time) = timed(|| check(spec, history, Budget::default()));
        if let Ruling::NotLinearizable(evidence) = &ruling {
            let evidence = evidence.tell(spec, history);
            assert_eq!(expected, Verdict::Violated, "{name}: {evidence}");
        }
        assert_eq!(ruling.verdict(history), expected, "{name}");
        self.judged += 1;
        self.operations += history.len();
        self.visited += visited;
        self.most_visited = self.most_visited.max(visited);
        self.time += time;
        self.longest = self.longest.max(time);
    }

    fn tell(&self) {
        let Self { set, judged, operations, visited, most_visited, time, longest } = self;
        say(&format!(
            "{set}: {judged} histories, {operations} operations, {visited} configurations (at most \
             {most_visited}), {time:?} (at most {longest:?})"
        ));
    }
}

#[expect(clippy::disallowed_methods, reason = "the checker is measured; this is not a run")]
fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    let done = work();
    (done, start.elapsed())
}

/// Writes a line that shows even though the test passes.
fn say(line: &str) {
    writeln!(std::io::stderr(), "{line}").expect("standard error can be written");
}
