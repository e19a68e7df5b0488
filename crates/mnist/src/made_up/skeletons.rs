//! How people write the ten digits: two to four skeletons per digit, each with a few strokes.
//!
//! The notation: a stroke is a list of knots `x,y` in hundredths of the digit's height, with y downwards. A smooth curve
//! passes through them, except at a knot marked `!`, a corner, where the pen stops and turns. ` | ` lifts the pen.

/// A point that a stroke passes through, in units of the digit's height.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Knot {
    pub(super) x: f32,
    pub(super) y: f32,
    /// Whether the pen stops and turns here.
    pub(super) is_corner: bool,
}

/// A line that the pen draws without being lifted.
pub(super) type Stroke = Vec<Knot>;

/// One way to write a digit.
pub(super) struct Skeleton {
    /// How common it is, relative to the other skeletons of the same digit.
    pub(super) weight: usize,
    pub(super) strokes: Vec<Stroke>,
}

/// The ways to write each digit: `(weight, strokes)`.
const NOTATION: [&[(usize, &str)]; 10] = [
    // An upright oval; a round one whose end overlaps its start; a narrow one that does not quite close.
    &[
        (4, "36,2 13,17 3,50 12,84 33,99 56,83 65,50 56,16 36,2"),
        (3, "52,10 30,5 6,28 2,62 22,95 52,92 74,62 72,26 46,3 30,12"),
        (2, "30,2 10,22 5,60 20,97 40,88 50,50 45,15 36,6"),
    ],
    // A single stroke; with a flag; with a flag and a foot.
    &[
        (6, "30,0 29,50 28,100"),
        (3, "14,27 23,14 32,0! 31,50 30,100"),
        (1, "15,25 32,0! 31,50 31,98 | 8,99 30,98 54,98"),
    ],
    // A swan with a straight base; with a loop at the foot; with a wavy base; angular, near to a Z.
    &[
        (4, "5,24 18,6 42,3 57,20 50,45 28,72 3,97! 35,95 66,96"),
        (3, "8,18 26,2 50,8 53,32 38,62 15,92 3,90 10,76 28,82 46,95 70,88"),
        (2, "10,10 34,1 54,14 48,42 24,74 6,92! 24,84 44,94 68,98"),
        (1, "4,10 30,5 54,8! 30,52 4,94! 30,93 62,92"),
    ],
    // Two bows that meet in a point; a flat top; one with a small loop in the middle.
    &[
        (5, "6,14 28,1 52,13 46,36 22,47! 50,55 60,76 42,96 18,98 2,86"),
        (2, "6,5 30,3 56,3! 42,22 26,42! 52,50 60,74 44,95 20,99 2,90"),
        (3, "4,10 30,1 48,16 40,38 24,49 20,44 32,43 54,58 52,84 28,99 4,92"),
    ],
    // Open with a corner; closed; open and round, its right side one long stroke.
    &[
        (4, "14,2 10,26 3,54! 32,53 64,49 | 52,4 48,50 44,100"),
        (2, "48,2! 24,34 2,66! 34,65 66,63 | 48,2 47,50 46,100"),
        (4, "7,4 3,32 16,50 38,46 54,30 | 57,1 54,34 50,68 47,100"),
    ],
    // One stroke with corners; a body whose cap comes last; one that flows like an S.
    &[
        (3, "58,3 36,4 14,5! 11,24 9,44! 34,37 56,54 54,82 30,98 3,90"),
        (3, "16,6 12,26 12,44! 38,44 54,64 46,88 24,98 2,94 | 15,7 36,6 64,2"),
        (2, "64,4 40,3 20,14 16,32 32,46 50,62 46,86 24,98 2,90"),
    ],
    // A curved stem with a round loop; a straight stem with a small one; a wide one that curls inwards.
    &[
        (4, "48,1 24,18 7,50 8,82 28,99 52,88 54,66 36,55 12,70"),
        (3, "38,0 20,30 7,62 12,91 34,98 50,80 40,62 20,67 11,84"),
        (2, "56,10 36,3 12,24 3,58 18,92 46,95 60,74 44,54 22,60 18,76"),
    ],
    // Plain; with a bar; with a serif; with a round shoulder.
    &[
        (4, "3,8 32,6 60,4! 40,46 24,100"),
        (2, "4,6 32,5 60,4! 40,50 26,100 | 18,52 38,50 58,48"),
        (2, "2,26 6,8! 34,7 62,3! 46,42 36,100"),
        (2, "2,18 20,6 44,5 55,18 42,54 28,100"),
    ],
    // One stroke that crosses itself; two rings; one stroke that leaves the top open.
    &[
        (5, "52,14 32,1 11,15 22,40 46,60 54,84 30,99 7,84 16,60 42,38 54,15"),
        (2, "32,46 14,34 14,12 34,1 52,12 50,34 32,46 | 32,46 8,62 8,86 30,99 54,88 56,62 32,46"),
        (2, "58,6 36,2 14,14 20,36 42,58 46,84 26,99 8,84 22,58 46,34 62,10"),
    ],
    // A loop with a straight stem; with a tail that curls back; with a long slanting stem.
    &[
        (4, "54,14 32,2 7,18 10,42 34,46 53,26 56,8! 53,50 48,100"),
        (3, "54,22 38,3 12,14 8,38 28,48 52,32 57,12! 57,48 48,84 28,98 8,92"),
        (2, "50,4 24,8 8,30 20,42 42,26 54,5! 42,46 28,100"),
    ],
];

/// The skeletons of the digits 0 to 9.
pub(super) fn skeletons() -> [Vec<Skeleton>; 10] {
    NOTATION.map(|ways| ways.iter().map(|&(weight, strokes)| Skeleton { weight, strokes: read(strokes) }).collect())
}

fn read(strokes: &str) -> Vec<Stroke> {
    strokes.split(" | ").map(|stroke| stroke.split(' ').map(read_knot).collect()).collect()
}

fn read_knot(knot: &str) -> Knot {
    let hundredths = |text: &str| f32::from(text.parse::<u8>().expect("the notation above is tested")) / 100.0;
    let (x, y) = knot.trim_end_matches('!').split_once(',').expect("the notation above is tested");
    Knot { x: hundredths(x), y: hundredths(y), is_corner: knot.ends_with('!') }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_digit_is_written_in_several_ways() {
        for (digit, ways) in skeletons().iter().enumerate() {
            assert!((2..=4).contains(&ways.len()), "digit {digit}");
            assert!(ways.iter().all(|way| way.weight > 0), "digit {digit}");
        }
    }

    #[test]
    fn every_stroke_has_a_length_and_stays_in_the_box() {
        for stroke in skeletons().iter().flatten().flat_map(|way| &way.strokes) {
            assert!(stroke.len() >= 3);
            assert!(stroke.iter().all(|knot| (0.0..=0.8).contains(&knot.x) && (0.0..=1.0).contains(&knot.y)));
        }
    }

    #[test]
    fn exclamation_mark_is_a_corner() {
        assert_eq!(read_knot("25,100!"), Knot { x: 0.25, y: 1.0, is_corner: true });
    }
}
