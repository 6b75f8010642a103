"""Cut the part of the synthetic fixture E that this package's conventions can answer.

Run from the root of the repository, with the development data beside it::

    python tests/oracles/make_synthetic_e.py

The inputs are invented numbers: three events, eight estimation and three event sessions each.
The answers come from an R package (``sigma``: errors that are the residual deviation alone)
and from our own formulas in plain NumPy (``forecast``: exact errors of a forecast).
"""

import json
from pathlib import Path

HERE = Path(__file__).parent
SOURCE = HERE.parents[2] / "shared/data/eventstudy/E_golden_fixture/golden.json"
TAKEN = {
    "golden_R": (
        "aar", "aar_t", "caar_t", "patell_aar_z", "patell_caar_z_sumSAR", "bmp_t_sigma",
        "cbmp_t_sigma", "kp_t", "ckp_t", "sign_z", "rank_z_sd", "caltime_t",
    ),
    "exact_forecast_error_versions": (
        "bmp_t_forecast", "cbmp_t_scar", "patell_caar_z_scar", "rbar",
    ),
    "single": ("est_index", "est_resid", "alpha", "beta", "evt_index", "evt_firm", "sigma", "df"),
}  # fmt: skip

golden = json.loads(SOURCE.read_text())
answers = {"inputs": golden["inputs"]}
answers |= {part: {name: golden[part][name] for name in names} for part, names in TAKEN.items()}
answers["single"]["ar_t"] = golden["single"]["ar_t"]
(HERE / "synthetic_e.json").write_text(json.dumps(answers, indent=1) + "\n")
