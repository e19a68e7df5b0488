//! Every kind of picture, written for a look.

use std::path::{Path, PathBuf};

use record::Mistake;
use resvg::tiny_skia::Pixmap;

use super::gallery::gallery;
use super::svg;
use crate::figure::{
    PlotPoint, RunCurves, accuracy_over_parameters, confusion, digits, first_layer_weights, gradient_course,
    gradient_sizes, to_png,
};
use test_support::SHAPE;
use test_support::synthetic::{Curve, replicates, with_probes, with_units};

/// `REPORT_SAMPLE_FIGURES=folder cargo test -p report samples -- --ignored` writes every picture; nothing is checked.
#[test]
#[ignore = "writes pictures for people"]
fn samples_are_written_for_a_look() {
    let folder =
        std::env::var_os("REPORT_SAMPLE_FIGURES").map_or_else(|| std::env::temp_dir().join("report"), PathBuf::from);
    std::fs::create_dir_all(&folder).unwrap();
    for (name, title, runs, sets) in gallery() {
        write(&folder, name, &svg(title, &runs, sets));
    }
    for (name, drawn) in plots() {
        write(&folder, name, &drawn);
    }
    write(&folder, "confusion", &confusion(&counts()));
    write(&folder, "digits", &misclassified());
    std::fs::write(folder.join("weights.png"), first_layer_weights(&weights(64), 64, SHAPE).unwrap()).unwrap();
}

fn write(folder: &Path, name: &str, drawn: &str) {
    println!("{name}: {} bytes", drawn.len());
    std::fs::write(folder.join(name).with_extension("svg"), drawn).unwrap();
    for (suffix, width) in [("", 1_840), ("-narrow", 780)] {
        std::fs::write(folder.join(format!("{name}{suffix}.png")), to_png(drawn, width).unwrap()).unwrap();
    }
}

fn plots() -> Vec<(&'static str, String)> {
    let runs = |name: &str, title: &str, units: &[usize], shrinking: f64| -> Vec<_> {
        let runs = replicates(name, title, 9_000, &Curve::DEEP, 5);
        runs.into_iter().map(|run| with_probes(shrinking, with_units(units, run))).collect()
    };
    let standard = runs("task3c", "The standard model", &[64], 0.8);
    let deep = runs("task4e", "Ten hidden layers of 64 units", &[64; 10], 0.75);
    let sigmoid = runs("task2c", "Ten hidden layers, sigmoid", &[64; 10], 0.25);
    let records: Vec<_> = standard.iter().chain(&deep).chain(&sigmoid).collect();
    let curves = RunCurves::of_records(&records);
    let few = accuracy_over_parameters(accuracies()[..2].to_vec(), "MNIST".to_owned(), false);
    let subtitle = "MNIST, 20,000 training and 10,000 validation images, seeds 1 to 5".to_owned();
    let mut many = accuracy_over_parameters(accuracies(), subtitle, false);
    many.notes = vec!["Means over 5 seeds with 95 % intervals of the mean.".to_owned()];
    vec![
        ("gradient-sizes", gradient_sizes(&curves).to_svg().unwrap()),
        ("gradient-sizes-one", gradient_sizes(&RunCurves::of_records(&[&deep[0]])).to_svg().unwrap()),
        ("gradient-course", gradient_course(&curves[1]).to_svg().unwrap()),
        ("gradient-course-sigmoid", gradient_course(&curves[2]).to_svg().unwrap()),
        ("parameters", many.to_svg().unwrap()),
        ("parameters-few", few.to_svg().unwrap()),
    ]
}

fn accuracies() -> Vec<PlotPoint> {
    let rows = [
        ("2c: baseline", 50_880, 0.9198),
        ("3a: + weight init", 50_880, 0.9441),
        ("3b: + improved sigmoid", 50_880, 0.9562),
        ("3c: standard, 64 units", 50_880, 0.9611),
        ("4a: 32 units", 25_440, 0.9502),
        ("4b: 128 units", 101_760, 0.9652),
        ("4d: 60, 60 units", 51_300, 0.9604),
        ("4d: 59, 59 units", 50_386, 0.9608),
        ("4e: ten layers of 64", 87_744, 0.9571),
        ("4f: ReLU", 50_880, 0.9588),
    ];
    let point = |(label, parameters, accuracy): (&str, u32, f64)| PlotPoint {
        label: Some(label.to_owned()),
        x: f64::from(parameters),
        y: accuracy,
        interval: Some((accuracy - 0.0012, accuracy + 0.0012)),
    };
    rows.into_iter().map(point).collect()
}

fn counts() -> Vec<Vec<usize>> {
    let mut counts = vec![vec![0; 10]; 10];
    for (row, cells) in counts.iter_mut().enumerate() {
        for (column, cell) in cells.iter_mut().enumerate() {
            *cell = if row == column { 900 + 23 * row } else { (row * 7 + column * 13) % 11 % 7 };
        }
    }
    (counts[4][9], counts[7][2], counts[5][3]) = (27, 18, 16);
    counts
}

/// Digits of the embedded font, as far as that goes.
fn misclassified() -> String {
    let images: Vec<Vec<u8>> = (0..24).map(|index| written(index % 10)).collect();
    let digit = |index: u8| Mistake {
        image: 0,
        pixels: images[usize::from(index)].clone(),
        class: index % 10,
        predicted: (index + 3) % 10,
        probability: 1.0 - 0.025 * f32::from(index),
    };
    let mistakes: Vec<Mistake> = (0..24).map(digit).collect();
    digits(&mistakes.iter().collect::<Vec<_>>(), SHAPE).unwrap()
}

fn written(digit: usize) -> Vec<u8> {
    let drawn = format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="28" height="28"><rect width="28" height="28"/><text x="7" y="23" font-size="25" fill="white">{digit}</text></svg>"#
    );
    let pixels = Pixmap::decode_png(&to_png(&drawn, 28).unwrap()).unwrap();
    pixels.pixels().iter().map(|pixel| pixel.red()).collect()
}

/// Waves of different directions, fading towards the edge, with some noise.
fn weights(units: usize) -> Vec<f32> {
    let weight = |pixel: usize, unit: usize| {
        let (x, y, unit) = ((pixel % 28) as f32 - 13.5, (pixel / 28) as f32 - 13.5, unit as f32);
        let wave = (0.35 * (x * unit.cos() + y * unit.sin()) + unit).sin();
        let noise = ((pixel as f32 + 784.0 * unit) * 12.9898).sin() * 43_758.547 % 1.0;
        wave * (-(x * x + y * y) / 120.0).exp() + 0.25 * noise
    };
    (0..784 * units).map(|index| weight(index / units, index % units)).collect()
}
