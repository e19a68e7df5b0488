//! Comparisons.

use spec::Spec;

use crate::{read, refusal};

#[test]
fn a_comparison_is_known_by_its_runs() {
    let Ok(Spec::Comparison(comparison)) = read("title = \"x\"\nruns = [\"task2c\"]", &[]) else {
        panic!("not a comparison")
    };
    assert_eq!((comparison.name.as_str(), comparison.seeds), ("x", 1));
    insta::assert_snapshot!(refusal("title = \"x\"\nruns = []", &[]), @"x.toml:2: `runs` is empty, but a comparison needs at least one experiment");
    insta::assert_snapshot!(refusal("title = \"x\"\nruns = [\"a\", \"b\", \"a\"]", &[]), @r#"x.toml:2: `runs[2]` is "a", but that experiment is already in the list"#);
    insta::assert_snapshot!(refusal("title = \"x\"\nruns = [\"a\", \"../b\"]", &[]), @r#"x.toml:2: `runs[1]` is "../b", but must be the name of an experiment: a name begins with a letter or a digit (a-z, A-Z, 0-9)"#);
    insta::assert_snapshot!(refusal("title = \"x\"\nruns = \"a\"", &[]), @r#"x.toml:2: `runs` is the text "a", but must be a list"#);
    insta::assert_snapshot!(refusal("runs = [\"a\"]", &[]), @"x.toml: `title` is missing: one line of 1 to 100 characters, none of them control or invisible characters");
    insta::assert_snapshot!(refusal("title = \"x\"\nruns = [\"a\"]\n[data]", &[]), @"x.toml:3: `data` is not a key | the keys are `title`, `seeds` and `runs`");
}
