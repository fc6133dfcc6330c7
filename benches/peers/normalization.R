# R's functions on the same numbers as benches/laboratory.rs: a cross-validated smoothing spline per analyte and batch, as
# the package pmp corrects drift, and impute.knn. Prints the name of each step and its seconds.
suppressPackageStartupMessages(library(impute))
folder <- commandArgs(TRUE)[1]
injections <- read.csv(file.path(folder, "injections.csv"))
n <- nrow(injections)
file <- file.path(folder, "logs.f64")
x <- matrix(readBin(file, "double", file.size(file) / 8), nrow = n)   # samples in rows, analytes in columns
x[is.nan(x)] <- NA
seconds <- function(work) as.numeric(system.time(work())["elapsed"])

qc_rsc <- function() {
  out <- x
  for (j in seq_len(ncol(x))) {
    middle <- median(x[injections$qc == 1, j], na.rm = TRUE)
    for (b in unique(injections$batch)) {
      at <- which(injections$batch == b)
      qc <- at[injections$qc[at] == 1 & !is.na(x[at, j])]
      fit <- smooth.spline(injections$order[qc], x[qc, j], all.knots = TRUE, cv = TRUE)
      out[at, j] <- x[at, j] - predict(fit, injections$order[at])$y + middle
    }
  }
  out
}
cat("QC-RSC", seconds(qc_rsc), "\n")
# Analytes are the rows of impute.knn; maxp = Inf keeps it from splitting them into clusters.
cat("kNN", seconds(function() impute.knn(t(x), k = 10, rowmax = 0.5, colmax = 0.8, maxp = ncol(x))), "\n")
