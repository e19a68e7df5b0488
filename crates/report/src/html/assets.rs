//! What is embedded in the page: style, scripts, and the policy that allows nothing else.

use base64::prelude::{BASE64_STANDARD, Engine};
use sha2::{Digest, Sha256};

/// The page's style; that of the drawing library comes first, so that ours can override it.
pub(super) const STYLE: &str =
    concat!(include_str!("../../assets/uplot/uPlot.min.css"), "\n", include_str!("../../assets/report.css"));
/// The drawing library, with the licence that every copy must have.
const CHART_LIBRARY: &str = concat!(
    "/*\n",
    include_str!("../../assets/uplot/LICENSE"),
    "*/\n",
    include_str!("../../assets/uplot/uPlot.iife.min.js")
);
const CHARTS: &str = include_str!("../../assets/chart.js");
const CANVAS: [&str; 3] = [
    include_str!("../../assets/prepare.js"),
    include_str!("../../assets/network.js"),
    include_str!("../../assets/draw.js"),
];

/// The scripts of a page with charts, with a canvas to draw on, or both, in the order in which they run.
pub(super) fn scripts(has_charts: bool, has_canvas: bool) -> Vec<&'static str> {
    let charts = [CHART_LIBRARY, CHARTS].into_iter().filter(|_| has_charts);
    charts.chain(CANVAS.into_iter().filter(|_| has_canvas)).collect()
}

/// The Content Security Policy: this style, these scripts, pictures within the page, and nothing else.
pub(super) fn policy(scripts: &[String]) -> String {
    let scripts = match scripts {
        [] => "'none'".to_owned(),
        scripts => scripts.iter().map(|script| hash(script)).collect::<Vec<_>>().join(" "),
    };
    let style = hash(STYLE);
    format!(
        "default-src 'none'; script-src {scripts}; style-src {style}; img-src data:; base-uri 'none'; form-action 'none'"
    )
}

/// A source of the policy: an element with exactly this text.
fn hash(text: &str) -> String {
    format!("'sha256-{}'", BASE64_STANDARD.encode(Sha256::digest(text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn assets_cannot_end_their_element_and_survive_the_page_as_they_are() {
        for asset in [STYLE, CHART_LIBRARY, CHARTS].into_iter().chain(CANVAS) {
            for end in ["</script", "</style", "<!--", "\r"] {
                assert!(!asset.contains(end), "{end}");
            }
            assert!(asset.chars().all(|c| spec::is_plain(c) || matches!(c, '\n' | '\t')));
        }
    }

    #[test]
    fn the_library_is_what_its_page_says() {
        let page = include_str!("../../assets/uplot/README.md");
        for asset in
            [include_str!("../../assets/uplot/uPlot.iife.min.js"), include_str!("../../assets/uplot/uPlot.min.css")]
        {
            let digest: Vec<String> = Sha256::digest(asset).iter().map(|byte| format!("{byte:02x}")).collect();
            assert!(page.contains(&digest.concat()), "{}", digest.concat());
        }
    }
}
