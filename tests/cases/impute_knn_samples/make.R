# Makes the story's data and expected numbers: Rscript make.R. Synthetic; R's impute.knn, samples as rows.
suppressMessages(library(impute))
set.seed(6); n <- 11; p <- 9
samples <- sprintf("k/%d, \"%d\"", seq_len(n), seq_len(n)); analytes <- c("=a", "b, b", "γ", "4\"d\"", "e e", "NA(+)", "ζ", "8", "9/x")
x <- round(matrix(rnorm(n * p, rep(1:p, each = n)), n) + rnorm(n, 0, 2), 4); x[cbind(c(1, 1, 4, 7, 9, 11, 5), c(2, 6, 3, 3, 9, 1, 5))] <- NA
x <- x - min(x, na.rm = TRUE) + 1; x <- round(x, 4)
q <- function(v) paste0('"', gsub('"', '""', v), '"'); shown <- function(v) ifelse(is.na(v), "", format(v, digits = 17, trim = TRUE))
put <- function(file, header, lines) writeLines(c(paste(header, collapse = ","), lines), file, useBytes = TRUE)
put("metabolites.csv", q(c("sample_id", analytes)), sapply(1:n, function(i) paste(c(q(samples[i]), shown(x[i, ])), collapse = ",")))
put("samples.csv", c("sample_id", "participant_id", "timepoint", "type"), sprintf("%s,P%d,pre,study", q(samples), 1:n))
put("participants.csv", "participant_id", sprintf("P%d", 1:n))
out <- impute.knn(x, k = 3)$data
put("expected/normalize.abundances.csv", c("sample_id", "analyte", "value"),
    unlist(lapply(1:n, function(i) paste(q(samples[i]), q(analytes), shown(out[i, ]), sep = ","))))
