"""Compares the searches of crates/search with Optuna's; README.md says how."""
import argparse
import json
import math
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import optuna

from objective import VALIDATIONS, Training

ROOT = Path(__file__).parents[2]
#: A difference of validation losses that does not matter; the project's usual one.
MARGIN = 0.01
optuna.logging.set_verbosity(optuna.logging.ERROR)


def ours(file, seed):
    """Best loss, validations trained, seconds of proposing per trial."""
    command = [ROOT / "target/release/examples/ask", f"benches/search/{file}.toml", str(seed)]
    process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    trainings, waited, best = {}, 0.0, math.inf
    while True:
        began = time.perf_counter()
        tasks = json.loads(process.stdout.readline())
        waited += time.perf_counter() - began
        if not tasks:
            break
        answers = []
        for task in tasks:
            training = trainings.setdefault(task["trial"], Training(task["settings"]))
            score = training.until(task["until"] or VALIDATIONS)
            is_complete = training.validations == VALIDATIONS
            best = min(best, score) if is_complete else best
            answers.append({"score": score, "is_complete": is_complete})
        process.stdin.write(json.dumps(answers) + "\n")
        process.stdin.flush()
    process.wait()
    return best, sum(training.validations for training in trainings.values()), waited / len(trainings)


def optunas(sampler, pruner, trials):
    """The same with Optuna."""
    study = optuna.create_study(sampler=sampler, pruner=pruner)
    trained, waited, best = 0, 0.0, math.inf
    for _ in range(trials):
        began = time.perf_counter()
        trial = study.ask()
        training = Training({
            "optimizer.learning_rate": trial.suggest_float("rate", 0.0003, 1.0, log=True),
            "optimizer.momentum": trial.suggest_float("momentum", 0.0, 0.98),
            "training.batch_size": trial.suggest_categorical("batch", [16, 32, 80]),
            "training.patience_validations": trial.suggest_int("width", 8, 64, log=True),
            "model.activation": trial.suggest_categorical("activation", ["sigmoid", "improved_sigmoid", "relu"]),
        })
        waited += time.perf_counter() - began
        is_pruned = False
        for validation in range(1, VALIDATIONS + 1):
            score = training.until(validation)
            trial.report(score, validation)
            if validation < VALIDATIONS and trial.should_prune():
                is_pruned = True
                break
        trained += training.validations
        best = best if is_pruned else min(best, score)
        began = time.perf_counter()
        study.tell(trial, None if is_pruned else score,
                   state=optuna.trial.TrialState.PRUNED if is_pruned else None)
        waited += time.perf_counter() - began
    return best, trained, waited / trials


def interval(differences):
    """Mean and the half width of its 95 % interval by Student's t."""
    quantile = {5: 2.776, 10: 2.262, 20: 2.093, 40: 2.023}[len(differences)]
    return np.mean(differences), quantile * np.std(differences, ddof=1) / len(differences) ** 0.5


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--studies", type=int, default=10, choices=[5, 10, 20, 40])
    studies = range(1, parser.parse_args().studies + 1)
    nop = optuna.pruners.NopPruner
    halving = lambda: optuna.pruners.SuccessiveHalvingPruner(min_resource=1, reduction_factor=3)
    tpe = lambda seed: optuna.samplers.TPESampler(seed=seed)
    sides = {
        "ours, `tpe`": lambda seed: ours("tpe", seed),
        "Optuna `TPESampler`": lambda seed: optunas(tpe(seed), nop(), 40),
        "Optuna `RandomSampler`": lambda seed: optunas(optuna.samplers.RandomSampler(seed=seed), nop(), 40),
        "ours, `tpe` with `successive_halving`": lambda seed: ours("halving", seed),
        "Optuna `TPESampler`, `SuccessiveHalvingPruner`": lambda seed: optunas(tpe(seed), halving(), 40),
    }
    results = {}
    for name, run in sides.items():
        results[name] = [run(seed) for seed in studies]
        print(f"{name}: done", file=sys.stderr)
    print(f"Optuna {optuna.__version__}, {len(studies)} studies of 40 trials each, NumPy {np.__version__}\n")
    print("| search | best validation loss, mean | worst study | trained | per proposal |")
    print("|---|--:|--:|--:|--:|")
    for name, found in results.items():
        best, trained, waited = np.array(found).T
        share = 100 * trained.mean() / (40 * VALIDATIONS)
        print(f"| {name} | {best.mean():.4f} | {best.max():.4f} | {share:.0f} % | {1e3 * waited.mean():.2f} ms |")
    print(f"\n| paired by study | difference of the best losses | at most {MARGIN} worse |")
    print("|---|--:|---|")
    names = list(results)
    for one, other in [(0, 1), (0, 2), (3, 4)]:
        best = [np.array(results[names[side]])[:, 0] for side in (one, other)]
        mean, half = interval(best[0] - best[1])
        verdict = "yes" if mean + half < MARGIN else "not shown"
        print(f"| {names[one]} - {names[other]} | {mean:+.4f} ± {half:.4f} | {verdict} |")


main()
