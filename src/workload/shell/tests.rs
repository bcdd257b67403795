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
];

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 2_000, failure_persistence: None, ..Default::default() })]

    #[test]
    fn no_script_does_harm(pieces in proptest::collection::vec(proptest::sample::select(PIECES), 0..24), spaced: bool) {
        run(&["bash", "-c", &pieces.join(if spaced { " " } else { "" })]);
    }
}
