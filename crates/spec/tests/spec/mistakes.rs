//! The declared mistakes.

use std::collections::HashSet;
use std::path::Path;

use spec::Catalog;
use test_support::SHAPE;

#[test]
fn every_declared_mistake_is_valid_and_no_slip_is_declared_twice() {
    let catalog = Catalog::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../experiments"), SHAPE);
    let mistakes = catalog.mistakes().unwrap();
    assert!(mistakes.len() > 20, "{} mistakes", mistakes.len());
    let slips: Vec<_> = mistakes.iter().filter_map(|mistake| mistake.slip).collect();
    assert_eq!(slips.len(), slips.iter().collect::<HashSet<_>>().len());
}

#[test]
fn a_wrong_file_is_refused_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("mistakes")).unwrap();
    let valid = "title = \"a\"\nexplains = \"b\"\nlook = \"c\"\n";
    for (text, message) in [
        ("slip = \"gradient_sun\"", "m.toml:4: `slip` is \"gradient_sun\", but must be one of "),
        ("", "a mistake has either `set`, the wrong settings, or `slip`, one in the code"),
        ("slip = \"gradient_sum\"\nset = [\"a=1\"]", "a mistake has either `set`"),
        ("set = [\"learning_rate\"]", "m.toml:4: `set` has a wrong setting: "),
        ("sets = []", "m.toml:4: `sets` is not a key"),
    ] {
        std::fs::write(folder.path().join("mistakes/m.toml"), format!("{valid}{text}\n")).unwrap();
        let error = Catalog::new(folder.path(), SHAPE).mistakes().unwrap_err().to_string();
        assert!(error.contains(message), "{text}: {error}");
    }
}
