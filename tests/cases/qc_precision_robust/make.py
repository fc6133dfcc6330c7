"""Makes the story's data and expected numbers: python3 make.py. Synthetic: the study of qc_precision, by robust measures."""
import runpy

runpy.run_path("../qc_precision/make.py", {"ROBUST": True})
