//! Formulas as `MathML` Core, which browsers show without a library.

use maud::{Markup, html};

use crate::document::Math;

/// A displayed formula, in a container that scrolls where it is too long.
pub(super) fn display(formula: &Math) -> Markup {
    html! {
        div.equation tabindex="0" role="group" aria-label="Equation" {
            math display="block" { (math(formula)) }
        }
    }
}

/// What a `math` element holds.
pub(super) fn math(formula: &Math) -> Markup {
    html! {
        @match formula {
            Math::Variable(name) => mi.slanted[!has_slanted_letter(name)] { (name) },
            // `mathvariant` keeps the browser from italics; the style makes it bold, which Core leaves to styles.
            Math::Matrix(name) => mi.matrix mathvariant="normal" { (name) },
            Math::Number(digits) => mn { (digits) },
            Math::Operator(sign) => mo { (sign) },
            Math::Word(word) => mi mathvariant="normal" { (word) },
            Math::Row(parts) => mrow { (row(parts)) },
            Math::Below(base, below) => msub { (math(base)) (math(below)) },
            Math::Above(base, above) => msup { (math(base)) (math(above)) },
            Math::Fraction(above, below) => mfrac { (math(above)) (math(below)) },
            Math::Root(inner) => msqrt { (math(inner)) },
            Math::Sum(index) => munder { mo { "∑" } (math(index)) },
            // The style aligns the first column at its right and the second at its left.
            Math::Lines(lines) => mtable displaystyle="true" {
                @for (left, right) in lines {
                    mtr {
                        mtd { (math(left)) }
                        mtd { (math(right)) }
                    }
                }
            },
        }
    }
}

/// Whether the browser itself shows this name in italics: single letters, for which there are such characters.
fn has_slanted_letter(name: &str) -> bool {
    let mut letters = name.chars();
    let first = letters.next();
    letters.next().is_none() && first.is_some_and(|c| c.is_ascii_alphabetic() || matches!(c, 'Α'..='ω' | '∂' | 'ϵ'))
}

/// The parts, with a thin space between a word and a neighbour that is not an operator: `log x`.
fn row(parts: &[Math]) -> Markup {
    html! {
        @for (index, part) in parts.iter().enumerate() {
            @if index > 0 && needs_space(&parts[index - 1], part) {
                // With an end tag: without one, a browser puts what follows into the space.
                mspace width="0.17em" {}
            }
            @match part {
                Math::Operator(sign) if index > 0 && is_sign(sign, &parts[index - 1]) => mo form="prefix" { (sign) },
                part => (math(part)),
            }
        }
    }
}

/// Whether a plus or minus belongs to what follows it, as in `= −x`: it follows an operator that closes nothing.
fn is_sign(sign: &str, before: &Math) -> bool {
    let is_closing = |operator: &str| matches!(operator, ")" | "]" | "}" | "|" | "!");
    matches!(sign, "+" | "-" | "−") && matches!(before, Math::Operator(operator) if !is_closing(operator))
}

fn needs_space(before: &Math, after: &Math) -> bool {
    let is_operator = |part: &Math| matches!(part, Math::Operator(_));
    let is_word = |part: &Math| matches!(part, Math::Word(_));
    (is_word(before) || is_word(after)) && !is_operator(before) && !is_operator(after)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(text: &str) -> Math {
        Math::Word(text.to_owned())
    }

    #[test]
    fn a_word_stands_off_from_what_is_no_operator() {
        let x = Math::Variable("x".to_owned());
        let plus = Math::Operator("+".to_owned());
        let spaces = |parts: &[Math]| row(parts).into_string().matches("<mspace").count();
        assert_eq!(spaces(&[word("log"), x.clone()]), 1);
        assert_eq!(spaces(&[x.clone(), word("log"), x.clone()]), 2);
        assert_eq!(spaces(&[x.clone(), plus, word("log")]), 0);
        assert_eq!(spaces(&[x.clone(), x]), 0);
    }

    #[test]
    fn a_minus_after_an_operator_is_a_sign() {
        let operator = |sign: &str| Math::Operator(sign.to_owned());
        let x = Math::Variable("x".to_owned());
        for (before, is_prefix) in [(operator("="), true), (operator("("), true), (operator(")"), false), (x, false)] {
            assert_eq!(row(&[before, operator("−")]).into_string().contains("prefix"), is_prefix);
        }
    }
}
