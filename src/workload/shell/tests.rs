//! Tables of scripts and what becomes of them, and scripts put together at random.

use super::super::PodSettings;
use super::super::plan::tests::context;
use super::*;

fn run(words: &[&str]) -> Outcome {
    let settings = PodSettings::default();
    let (dialect, script) = script_of(words).expect("a shell with a script");
    Script::parse(dialect, script).map_or(Outcome::Unknown, |script| script.run(&context(&settings, 1), None))
}

fn sh(script: &str) -> Outcome {
    run(&["sh", "-c", script])
}

#[test]
fn scripts_take_their_time_and_exit_as_they_say() {
    for (script, after_ms, code) in [
        ("sleep 5; exit 0", 5_000, 0),
        ("sleep 5; exit 1", 5_000, 1),
        ("sleep 5 && exit 3", 5_000, 3),
        ("echo hello", 0, 0),
        ("false", 0, 1),
        ("exit", 0, 0),
        ("false; exit", 0, 1),
        ("exit 300", 0, 44),
        ("sleep 0.25; sleep 1m 2s; sleep 1h", 3_662_250, 0),
        ("sleep .5", 500, 0),
        ("false || sleep 2", 2_000, 0),
        ("true || sleep 2", 0, 0),
        ("! false", 0, 0),
        ("! true", 0, 1),
        ("{ sleep 1; sleep 2; }", 3_000, 0),
        ("(sleep 1; exit 4); sleep 1", 2_000, 0),
        ("(exit 4)", 0, 4),
        ("if true; then sleep 1; else sleep 2; fi", 1_000, 0),
        ("if false; then sleep 1; elif test 1 -eq 1; then sleep 3; else sleep 2; fi", 3_000, 0),
        ("for i in 1 2 3; do sleep $i; done", 6_000, 0),
        ("for i in $(seq 1 3); do sleep $i; done", 6_000, 0),
        ("for i in 1 2 3; do if [ $i = 2 ]; then break; fi; sleep 1; done", 1_000, 0),
        ("for i in 1 2 3; do [ $i = 2 ] && continue; sleep 1; done", 2_000, 0),
        ("i=0; while [ $i -lt 4 ]; do sleep 1; i=$((i+1)); done; exit $i", 4_000, 4),
        ("i=0; until [ \"$i\" -ge 3 ]; do sleep 1; i=`echo 3`; done", 1_000, 0),
        ("n=2; sleep ${n}s; sleep ${m:-3}", 5_000, 0),
        ("exit $((2 * (3 + 4) % 5))", 0, 4),
        ("false; echo $?; test $? -eq 0", 0, 0),
        ("false\ncode=$?\nexit $((code + 41))", 0, 42),
        ("exit $JOB_COMPLETION_INDEX", 0, 3),
        ("test \"$HOSTNAME\" = indexed-3", 0, 0),
        ("[ \"$JOB_COMPLETION_INDEX\" -eq 3 ] && exit 7; sleep 5", 0, 7),
        ("case $HOSTNAME in *-3) exit 9;; *) exit 1;; esac", 0, 9),
        ("sleep 5 & sleep 2; wait", 5_000, 0),
        ("sleep 5 & sleep 2", 2_000, 0),
        ("sleep 3 | sleep 5", 5_000, 0),
        ("work() { sleep $1; return 6; }; work 2", 2_000, 6),
        ("set -e; false; sleep 5", 0, 1),
        ("set -e; if false; then :; fi; false || true; sleep 5", 5_000, 0),
        ("x=$(echo 4); exit $x", 0, 4),
        ("echo \"it is $(date)\" > /dev/termination-log; exit 2", 0, 2),
        ("sh -c 'sleep 2; exit 5'; exit $?", 2_000, 5),
        ("exec sleep 4", 4_000, 0),
        ("sleep later", 0, 1),
        ("echo 'Processing item'; sleep 2; echo done", 2_000, 0),
        ("", 0, 0),
        ("# nothing but words", 0, 0),
        ("sleep 1 # for a while\nsleep \\\n2", 3_000, 0),
        ("if false; then :; else if true; then exit 5; fi fi", 0, 5),
        ("{ { sleep 1; } }; (sleep 1 )", 2_000, 0),
        ("case a.b in (x|y) ;; *.b) sleep 2 ;; esac", 2_000, 0),
        ("x=`echo \\`echo 3\\``; exit $x", 0, 3),
        ("x=$(case 1 in 1) echo 6;; esac); exit $x", 0, 6),
        ("x=$(echo 4 2>&1 >/dev/null); exit ${x:-${y:=9}}", 0, 9),
        ("x=$(echo 4 2>/dev/null); exit ${#x}", 0, 1),
        ("x='a b'; for i in $x \"$x c\" \"\" ''; do sleep 1; done", 5_000, 0),
        ("x=5; exit $(( x > 4 && (x -= 2) ? x << 1 : 1 / 0 ))", 0, 6),
        ("exit $((0x10 - -2 ** 2 + !0 + (0 && 1 / 0)))", 0, 13),
        ("exit $((1 / 0))", 0, 2),
        ("[ 1 -eq 1 -a ! a = b ] && [ \\( x \\) -o -z x ]", 0, 0),
        ("[ one -eq 1 ]", 0, 2),
        ("[ = ]; test a b", 0, 2),
        ("a=1 b=2 sh -c 'exit $((a+b))'; exit $?$a", 0, 3),
        ("echo {1..3} $ \"$\" a#b; sleep 1 &>/dev/null", 1_000, 0),
    ] {
        assert_eq!(sh(script), Outcome::Ended { after_ms, code }, "{script}");
    }
}

/// The record of a script that is told to stop after so many milliseconds.
fn record(script: &str, term_at_ms: Option<u64>) -> Record {
    let settings = PodSettings::default();
    let script = Script::parse(Dialect::Posix, script).expect("a script");
    script.record(&context(&settings, 1), term_at_ms)
}

#[test]
fn what_is_written_goes_to_the_log_at_its_time() {
    for (script, log) in [
        ("echo a; sleep 2; echo b", "0 a\n|2000 b\n|"),
        ("echo a b  c | cat; echo x | tee /tmp/f; cat /tmp/f", "0 a b c\n|0 x\n|0 x\n|"),
        ("echo no > /dev/null; echo err >&2; echo out > /dev/stdout; echo more 2>&1", "0 err\n|0 out\n|0 more\n|"),
        ("x=$(echo inner; echo seen >&2); echo $x", "0 seen\n|0 inner\n|"),
        ("(sleep 3; echo late) & echo now; wait", "0 now\n|3000 late\n|"),
        ("printf '%s-%02d\\n' a 1 b 2", "0 a-01\nb-02\n|"),
        ("printf '%5d|%-3s|%%' 42 x", "0    42|x  |%|"),
        ("echo -e 'a\\tb\\n'; echo -n c", "0 a\tb\n\n|0 c|"),
        ("date; date +%H:%M", "0 Thu Jan  1 00:00:00 UTC 2026\n|0 00:00\n|"),
        ("sleep 61; date +%M:%S", "61000 01:01\n|"),
        ("for i in 1 2; do echo $i; sleep 1; done > /tmp/f; cat /tmp/f", "2000 1\n2\n|"),
        (
            "echo 1 > /tmp/f; echo 2 >> /tmp/f; cat < /dev/null /tmp/f; rm /tmp/f; cat /tmp/f",
            "0 1\n2\n|0 cat: can't open '/tmp/f': No such file or directory\n|",
        ),
        ("printf 'a b\\nc d\\n' | while read x y; do echo $y $x; done", "0 b a\n|0 d c\n|"),
        ("sleep soon", "0 sleep: invalid number 'soon'\n|"),
        ("echo before; ./work; echo after", "0 before\n|"),
    ] {
        let written: String = record(script, None).log.iter().map(|(at_ms, text)| format!("{at_ms} {text}|")).collect();
        assert_eq!(written, log, "{script}");
    }
}

#[test]
fn files_are_known_while_they_are_there() {
    for (script, after_ms, code) in [
        ("touch /tmp/x; [ -f /tmp/x ]", 0, 0),
        ("[ -e /tmp/x ]", 0, 1),
        ("touch /tmp/x; rm -f /tmp/x; test -f /tmp/x", 0, 1),
        ("touch /data/x; [ -s /data/x ] || echo y > /data/x; [ -s /data/x ]", 0, 0),
        ("(sleep 5; touch /tmp/go) & until [ -f /tmp/go ]; do sleep 2; done", 6_000, 0),
        ("x=$(echo 7 | cat); exit $x", 0, 7),
        ("{ echo a; exit 3; } > /tmp/x", 0, 3),
        ("rm /tmp/none", 0, 1),
    ] {
        assert_eq!(sh(script), Outcome::Ended { after_ms, code }, "{script}");
    }
    let messages = record("echo one > /dev/termination-log; sleep 5; echo two >> /dev/termination-log; exit 1", None);
    let held =
        |at_ms| last_change(&messages.files, "/dev/termination-log", at_ms).and_then(|change| change.text.clone());
    assert_eq!((held(4_999).as_deref(), held(5_000).as_deref()), (Some("one\n"), Some("one\ntwo\n")));
    assert_eq!(sh("while :; do touch /tmp/x; done"), Outcome::CutOff);
}

#[test]
fn traps_run_when_the_signal_comes() {
    // The script, when SIGTERM comes, and when and how it ends.
    for (script, term_at_ms, outcome) in [
        ("trap 'exit 5' TERM; sleep 10", 3_000, Outcome::Ended { after_ms: 10_000, code: 5 }),
        ("trap 'exit 5' TERM; while true; do sleep 1; done", 3_500, Outcome::Ended { after_ms: 4_000, code: 5 }),
        ("trap 'sleep 2; exit 0' SIGTERM; sleep 1000 & wait", 3_000, Outcome::Ended { after_ms: 5_000, code: 0 }),
        ("trap 'exit 6' TERM; sleep infinity & wait $!", 3_000, Outcome::Ended { after_ms: 3_000, code: 6 }),
        ("trap 'kill $!' TERM; sleep 60 & wait $!; exit $?", 3_000, Outcome::Ended { after_ms: 3_000, code: 143 }),
        (
            "trap 'n=1' TERM; until [ \"$n\" ]; do sleep 1; done; exit 8",
            2_000,
            Outcome::Ended { after_ms: 2_000, code: 8 },
        ),
        (
            "trap 'exit 5' TERM; while true; do sleep 1; done",
            86_400_000,
            Outcome::Ended { after_ms: 86_400_000, code: 5 },
        ),
        ("trap 'exit 5' TERM; trap - TERM; sleep 10", 3_000, Outcome::Ended { after_ms: 10_000, code: 0 }),
        ("trap '' TERM; sleep 10", 3_000, Outcome::Ended { after_ms: 10_000, code: 0 }),
        ("sleep 10; trap 'exit 5' TERM; sleep 5", 3_000, Outcome::Ended { after_ms: 15_000, code: 0 }),
        ("trap 'exit 5' TERM; (sleep 10; echo x); sleep 5", 3_000, Outcome::Ended { after_ms: 10_000, code: 5 }),
        ("trap 'exit 5' TERM; sleep infinity", 3_000, Outcome::Forever),
        ("trap 'echo on' TERM; sleep 4; exit 2", 3_000, Outcome::Ended { after_ms: 4_000, code: 2 }),
        ("trap 'exit 9' EXIT; sleep 1; false", 60_000, Outcome::Ended { after_ms: 1_000, code: 9 }),
        ("trap 'echo bye' EXIT TERM; sleep 1; exit 4", 60_000, Outcome::Ended { after_ms: 1_000, code: 4 }),
        ("trap 'exit 3' TERM; kill 1; sleep 9", 60_000, Outcome::Ended { after_ms: 0, code: 3 }),
        ("sleep 50 & kill -9 $!; wait $!", 60_000, Outcome::Ended { after_ms: 0, code: 137 }),
        ("sleep 5 & p=$!; kill -0 $p && sleep 6; kill -s TERM $p", 60_000, Outcome::Ended { after_ms: 6_000, code: 1 }),
    ] {
        assert_eq!(record(script, Some(term_at_ms)).outcome, Some(outcome), "{script}");
    }
}

#[test]
fn bash_has_words_of_its_own() {
    for (script, after_ms, code) in [
        ("for i in {1..3}; do sleep 1; done", 3_000, 0),
        ("[[ $HOSTNAME == indexed-* && 2 -gt 1 ]]", 0, 0),
        ("for ((i = 0; i < 5; i++)); do sleep 1; done", 5_000, 0),
        ("(( 0 ))", 0, 1),
        ("for i in {6..2..-2}{a,b}; do sleep 1; done; echo x{} {a", 6_000, 0),
        ("[[ ( -n x && ! 1 -eq 2 ) || -z x ]]", 0, 0),
    ] {
        assert_eq!(run(&["/bin/bash", "-ec", script]), Outcome::Ended { after_ms, code }, "{script}");
    }
}

#[test]
fn random_is_drawn_from_the_run() {
    let codes: std::collections::BTreeSet<i32> = (0..50)
        .map(|seed| {
            let settings = PodSettings::default();
            let script = Script::parse(Dialect::Posix, "exit $((RANDOM % 4))").unwrap();
            match script.run(&context(&settings, seed), None) {
                Outcome::Ended { code, .. } => code,
                other => panic!("{other:?}"),
            }
        })
        .collect();
    assert_eq!(codes.into_iter().collect::<Vec<_>>(), [0, 1, 2, 3]);
}

#[test]
fn what_is_not_known_is_left_to_the_model() {
    for script in ["curl http://x", "python3 run.py", "[ -f /data/x ]", "sleep 1; ./work", "read x", "if", "echo 'open"]
    {
        assert_eq!(sh(script), Outcome::Unknown, "{script}");
    }
}

#[test]
fn scripts_without_an_end_are_bounded() {
    for (script, outcome) in [
        ("while true; do sleep 1; done", Outcome::CutOff),
        ("while :; do :; done", Outcome::CutOff),
        ("sleep infinity", Outcome::Forever),
        ("sleep 1000d", Outcome::Forever),
        ("f() { f; }; f", Outcome::CutOff),
        ("x=a; while true; do x=$x$x; done", Outcome::CutOff),
        ("for i in $(seq 1 1000000); do :; done", Outcome::CutOff),
        ("e='eval \"$e\"'; eval \"$e\"", Outcome::CutOff),
    ] {
        assert_eq!(sh(script), outcome, "{script}");
    }
    let deep = format!("e='x={}`eval \"$e\"`{}'; eval \"$e\"", "${a:-\"".repeat(17), "\"}".repeat(17));
    assert_eq!(sh(&deep), Outcome::CutOff);
    let braces = "{1..10}".repeat(5);
    assert_eq!(run(&["bash", "-c", &format!("echo {braces}")]), Outcome::CutOff);
    assert_eq!(run(&["bash", "-c", "for i in {1..20}; do : {1..9999}; done"]), Outcome::CutOff);
    assert_eq!(sh(&format!("exit $(({}1{}))", "(".repeat(1_000), ")".repeat(1_000))), Outcome::Unknown);
    assert_eq!(sh(&format!("exit $(({}1))", "-".repeat(1_000))), Outcome::Unknown);
}

#[test]
fn hostile_scripts_are_refused_quickly() {
    for piece in ["(", "((", "$(", "{ ", "if ", "while ", "! ", "$((", "`", "\"$(", "[[ ( ", "${a:-", "[", "case "] {
        for count in [8, 30, 3_000] {
            let outcome = sh(&piece.repeat(count));
            assert!(matches!(outcome, Outcome::Unknown | Outcome::Ended { .. }), "{piece:?} {count}: {outcome:?}");
        }
    }
    for script in ["99999999999>", "999999\\\n99999>", "$( << ; wait", "cat <<EOF"] {
        assert_eq!(sh(script), Outcome::Unknown, "{script}");
    }
    assert_eq!(run(&["bash", "-c", "echo {99999999999999999999..1}"]), Outcome::Unknown);
}

#[test]
fn shells_are_told_by_their_words() {
    let posix = Some((Dialect::Posix, "x"));
    for (words, wanted) in [
        (&["sh", "-c", "x"][..], posix),
        (&["/bin/sh", "-c", "x"], posix),
        (&["/bin/ash", "-e", "-c", "x"], posix),
        (&["busybox", "sh", "-c", "x"], posix),
        (&["bash", "-euxc", "x"], Some((Dialect::Bash, "x"))),
        (&["sh", "-c"], None),
        (&["sh", "run.sh"], None),
        (&["sh", "run.sh", "-c", "x"], None),
        (&["python", "-c", "x"], None),
        (&[], None),
    ] {
        assert_eq!(script_of(words), wanted, "{words:?}");
    }
}

/// Pieces of scripts, good and bad, to put together at random.
const PIECES: &[&str] = &[
    "sleep 1",
    "exit",
    "echo",
    "if",
    "then",
    "else",
    "elif",
    "fi",
    "for",
    "in",
    "do",
    "done",
    "while",
    "until",
    "case",
    "esac",
    "{",
    "}",
    "(",
    ")",
    "((",
    "))",
    "$((",
    "[[",
    "]]",
    "[",
    "]",
    ";",
    ";;",
    "&",
    "&&",
    "|",
    "||",
    "!",
    "\n",
    " ",
    "<<EOF\n",
    "EOF\n",
    ">",
    "2>&1",
    "<",
    "<(",
    "$",
    "${",
    "${x:-",
    "${#x}",
    "${x/a/b}",
    "$(",
    "`",
    "'",
    "\"",
    "\\",
    "x=",
    "x+=1",
    "$x",
    "$?",
    "$@",
    "$1",
    "1",
    "99999999999999999999",
    "-1",
    "/",
    "%",
    "**",
    "<<",
    "==",
    "=",
    "-eq",
    "{1..3}",
    "{a..",
    "*",
    "?",
    "é",
    "\u{0}",
    "f()",
    "f",
    "seq",
    "date +",
    "printf %s%",
    "test",
    "set -e",
    "eval",
    "exec",
    "wait",
    "break",
    "continue 0",
    "shift 9",
    "export a=1",
    "#",
    "~",
    "$'\\x",
    "$RANDOM",
    "return",
    "trap 'exit 1' TERM EXIT",
    "kill 1 $!",
    "cat /tmp/x",
    "touch /tmp/x",
    "tee /tmp/x",
    "read x y",
    ">> /tmp/x",
    ">&2",
];

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 2_000, failure_persistence: None, ..Default::default() })]

    #[test]
    fn no_script_does_harm(pieces in proptest::collection::vec(proptest::sample::select(PIECES), 0..24), spaced: bool) {
        if let Some(script) = Script::parse(Dialect::Bash, &pieces.join(" ")) {
            script.record(&context(&PodSettings::default(), 1), Some(500));
        }
        run(&["bash", "-c", &pieces.join(if spaced { " " } else { "" })]);
    }
}
