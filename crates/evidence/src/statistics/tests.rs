//! What holds across functions: the same numbers as `SciPy`, and coverage and size in simulations.

mod simulation;
mod vectors;
