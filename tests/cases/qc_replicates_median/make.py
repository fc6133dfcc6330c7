"""Makes the story's data and expected numbers: python3 make.py. Synthetic: the study of qc_replicates_first, by the median."""
import runpy

runpy.run_path("../qc_replicates_first/make.py", {"HOW": "median"})
