"""Truth for training classifiers: scikit-learn's regression and F1, SciPy's interval.

    python make_logistic_goldens.py OUT_FILE
"""

import argparse
import json
from pathlib import Path

import numpy as np
import scipy
import sklearn
from scipy.stats import binomtest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score

# name: (rows, columns, classes, C, how far classes lie apart)
CASES = {
    "two classes": (60, 6, 2, 1.0, 1.0),
    "two classes, a strong penalty": (60, 6, 2, 1e-3, 1.0),
    "two classes that a line parts, a weak penalty": (40, 4, 2, 100.0, 6.0),
    "three classes": (90, 8, 3, 0.1, 1.0),
    "five classes, unequal": (120, 5, 5, 1.0, 0.7),
    "more columns than rows": (20, 40, 3, 0.5, 1.0),
    "columns that say the same": (50, 6, 3, 1.0, 1.0),
}
TRIALS = ((0, 10), (10, 10), (5, 10), (1, 200), (173, 200), (99, 100), (1, 1))


def case(name: str, seed: int) -> dict:
    rows, columns, classes, c, apart = CASES[name]
    random = np.random.default_rng(seed)
    shares = 1 / np.arange(1, classes + 1) if "unequal" in name else np.ones(classes)
    targets = random.choice(classes, rows, p=shares / shares.sum())
    targets[:classes] = np.arange(classes)
    centres = random.normal(size=(classes, columns)) * apart
    features = centres[targets] + random.normal(size=(rows, columns))
    if "same" in name:
        features[:, 3:] = features[:, :3] * 2
    features = np.round(features, 3).astype(np.float32)
    model = LogisticRegression(C=c, tol=1e-9, max_iter=100_000).fit(features.astype(float), targets)
    said = model.predict(features)
    return {
        "name": name, "columns": columns, "classes": classes, "c": c,
        "features": [round(float(x), 3) for x in features.ravel()],
        "targets": targets.tolist(),
        "coefficients": model.coef_.tolist(),
        "intercepts": model.intercept_.tolist(),
        "probabilities": model.predict_proba(features.astype(float)).tolist(),
        "said": said.tolist(),
        "macroF1": f1_score(targets, said, average="macro"),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    arguments = parser.parse_args()
    content = {
        "scikit-learn": sklearn.__version__,
        "scipy": scipy.__version__,
        "cases": [case(name, seed) for seed, name in enumerate(CASES)],
        "intervals": [
            {"hits": hits, "trials": trials,
             "interval": list(binomtest(hits, trials).proportion_ci(0.95, method="wilson"))}
            for hits, trials in TRIALS
        ],
    }
    arguments.out.write_text(json.dumps(content) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
