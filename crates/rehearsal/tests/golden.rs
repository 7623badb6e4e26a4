//! What a user sees. `INSTA_UPDATE=always cargo test -p rehearsal --test golden` writes it anew.

mod support;

use support::session;

macro_rules! golden {
    ($($name:ident: $line:literal,)*) => {
        $(
            #[test]
            fn $name() {
                let mut settings = insta::Settings::clone_current();
                settings.set_prepend_module_to_snapshot(false);
                settings.set_omit_expression(true);
                settings.add_filter(r"\d+ runs a second", "[speed] runs a second");
                settings.add_filter(r#""runs_per_second":[0-9.]+"#, r#""runs_per_second":[speed]"#);
                settings.bind(|| insta::assert_snapshot!(stringify!($name), session($line)));
            }
        )*
    };
}

golden! {
    help: "help",
    help_of_run: "run --help",
    help_of_explain: "explain --help",
    help_of_sweep: "sweep --help",
    help_of_check_history: "check-history --help",
    list_of_a_family: "list election",
    list_as_json: "list bully --json",
    run_that_holds: "run scenarios/ring.ron",
    run_that_must_be_violated: "run scenarios/cut-ring.ron",
    run_that_should_have_held: "run scenarios/unexpected.ron --seed 3",
    run_that_is_violated_at_a_step: "run scenarios/rivals.ron",
    run_that_is_undecided: "run scenarios/undecided.ron",
    run_beyond_its_costs: "run scenarios/costs.ron",
    run_with_requests: "run scenarios/requests.ron",
    sweep_of_what_must_be_reached: "sweep scenarios/requests.ron --seeds 0..5",
    error_in_a_change: "run scenarios/ring.ron --set network.los=5%",
    error_in_a_change_of_nothing: "run scenarios/ring.ron --set network",
    run_that_ends_before_it_is_judged: "run scenarios/clients.ron --set budget=500",
    run_until: "run scenarios/ring.ron --until 5ms",
    run_as_json: "run scenarios/cut-ring.ron --json",
    run_drawn: "run scenarios/ring.ron --trace text",
    run_drawn_around_a_step: "run scenarios/storm.ron --trace text --node 0 --around 60",
    run_in_lines: "run scenarios/ring.ron --trace json --until 3ms",
    explain_a_violation: "explain scenarios/rivals.ron",
    explain_an_obligation: "explain scenarios/cut-ring.ron",
    explain_a_step: "explain scenarios/ring.ron --step 5",
    explain_a_cost: "explain scenarios/costs.ron",
    explain_nothing: "explain scenarios/ring.ron",
    explain_without_a_fault: "explain scenarios/rivals.ron --without 0",
    explain_without_a_fault_by_its_text: "explain scenarios/cut-ring.ron --without one-way",
    sweep_that_is_as_expected: "sweep scenarios/rivals.ron --seeds 0..20",
    sweep_that_is_not: "sweep scenarios/unexpected.ron --seeds 5..8",
    sweep_as_json: "sweep scenarios/rivals.ron --seeds 0..10 --json",
    history_that_is_linearizable: "check-history histories/good.jsonl",
    history_that_is_not: "check-history histories/stale-read.jsonl",
    history_of_a_register: "check-history histories/register.jsonl --spec register",
    history_of_a_cas_register: "check-history histories/cas-register.jsonl --spec cas-register",
    history_that_is_undecided: "check-history histories/stale-read.jsonl --budget 1",
    history_of_nothing: "check-history histories/empty.jsonl",
    history_as_json: "check-history histories/stale-read.jsonl --json",
    error_in_a_history: "check-history histories/broken.jsonl",
    error_in_the_kind_of_a_history: "check-history histories/good.jsonl --spec register",
    error_of_a_history_that_is_none: "check-history scenarios/ring.ron",
    error_of_a_history_without_clients: "run scenarios/ring.ron --history nowhere.jsonl",
    error_of_a_history_of_nothing: "run scenarios/no-clients.ron --history nowhere.jsonl",
    error_of_a_history_that_is_there: "run scenarios/clients.ron --history histories/good.jsonl",
    list_of_a_protocol_with_a_workload: "list raft",
    error_in_a_name: "run broken/misspelt.ron",
    error_of_a_missing_file: "run scenarios/nowhere.ron",
    error_of_a_folder: "run scenarios",
    error_of_a_name_like_another: "run cut-rnig",
    error_of_a_word_like_those_of_some: "run clien",
    error_of_words_like_those_of_one: "run operatons-mnay",
    error_of_a_name_like_no_other: "run nothing-of-the-kind",
    error_in_a_command: "rn scenarios/ring.ron",
    error_of_a_command_like_no_other: "dance",
    error_in_a_word_for_a_seed: "run scenarios/ring.ron --seed abc",
    error_in_a_word_for_a_step: "explain scenarios/ring.ron --step abc",
    run_by_its_name: "run cut-ring --seed 3",
    run_by_its_name_in_other_words: "run scenarios/CutRing --until 5ms",
    error_in_an_option: "run scenarios/ring.ron --sed 4",
    error_in_a_seed: "run scenarios/ring.ron --seed -1",
    error_in_a_range: "sweep scenarios/ring.ron --seeds 9..3",
    error_in_a_time: "run scenarios/ring.ron --until 5",
    error_in_a_step: "explain scenarios/ring.ron --step 11",
    error_in_a_fault: "explain scenarios/cut-ring.ron --without 2",
    error_of_a_fault_that_may_be_two: "explain scenarios/cut-ring.ron --without at",
    error_without_faults: "explain scenarios/ring.ron --without 0",
    error_of_two_forms: "run scenarios/ring.ron --json --trace text",
    error_of_an_unknown_protocol: "list paxoss",
    error_of_a_run_that_is_none: "replay scenarios/ring.ron",
}
