# What the stories of ComBat share: a synthetic study of three batches, its files, and the writing of what is expected.
suppressMessages(library(sva))
q <- function(v) paste0('"', gsub('"', '""', v), '"'); shown <- function(v) ifelse(is.na(v), "", format(v, digits = 17, trim = TRUE))
put <- function(file, header, lines) writeLines(c(paste(header, collapse = ","), lines), file, useBytes = TRUE)

samples <- analytes <- x <- batch <- time <- age <- NULL
# Batches of these sizes; `spoil` changes values before they are written. Leaves x, batch, time and age behind.
study <- function(seed, sizes, spoil = identity) {
  set.seed(seed); batch <<- rep(c("=1", "ref, \"β\"", "γ/3"), sizes); n <- length(batch); p <- 12
  samples <<- sprintf("%s s%d", batch, 1:n); analytes <<- c(paste0(1:10, "-β, ", 1:10), "=1+1", "NA(+)")
  time <<- sample(c("before", "after, 1"), n, replace = TRUE, prob = c(.6, .4)); age <<- round(runif(n, 20, 70), 1)
  effect <- matrix(rnorm(3 * p, 0, .5), 3); spread <- matrix(runif(3 * p, .6, 1.6), 3); b <- match(batch, unique(batch))
  x <- exp(3 + effect[b, ] + .3 * spread[b, ] * matrix(rnorm(n * p), n) + outer(age - 45, rep(c(.01, 0), p / 2)) + outer(time == "before", rnorm(p, 0, .3)))
  x <<- x <- spoil(signif(x, 7))
  put("metabolites.csv", q(c("sample_id", analytes)), sapply(1:n, function(i) paste(c(q(samples[i]), shown(x[i, ])), collapse = ",")))
  put("samples.csv", c("sample_id", "participant_id", "timepoint", "type", "batch", q("age, =y")), sprintf("%s,P%02d,%s,study,%s,%s", q(samples), 1:n, q(time), q(batch), age))
  put("participants.csv", "participant_id", sprintf("P%02d", 1:n))
}

# Analytes in rows, as ComBat gives them.
expected <- function(out) put("expected/normalize.abundances.csv", c("sample_id", "analyte", "value"),
  unlist(lapply(seq_along(samples), function(i) paste(q(samples[i]), q(analytes), shown(out[, i]), sep = ","))))
combat <- function(...) suppressMessages(ComBat(...))
