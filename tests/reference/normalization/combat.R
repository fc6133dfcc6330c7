# combat_values.csv: synthetic log abundances of 40 study samples in four batches of unequal size, 12 analytes, a timepoint that is
#   unevenly spread over the batches and a number beside it; some cells empty in the second set ("gaps").
# combat.csv: sva::ComBat (parametric priors) of them, by what is protected, mean.only and ref.batch.
suppressMessages(library(sva)); options(digits = 17)
save <- function(d, file) write.csv(format(d, digits = 17, trim = TRUE), file, row.names = FALSE, quote = FALSE)
set.seed(90210); n <- 40; p <- 12
batch <- rep(c("B 1", "β/2", "3", "=4"), c(12, 9, 11, 8)); time <- rep(c("before", "after"), 20); time[c(1, 3, 5, 37, 39)] <- "after"
osmo <- round(rnorm(n, 600, 90)); analytes <- sprintf("m%02d", 1:p)
y <- outer(rnorm(p, 4, 1), rep(1, n)) + outer(rnorm(p, 0, .5), time == "after") + outer(rnorm(p, 0, .002), osmo - 600)
for (b in unique(batch)) y[, batch == b] <- y[, batch == b] + rnorm(p, rnorm(1, 0, .6), .4)
for (b in unique(batch)) y[, batch == b] <- y[, batch == b] + matrix(rnorm(p * sum(batch == b)), p) * sqrt(1 / rgamma(p, 4, 3)) * runif(1, .2, .6)
gaps <- y; gaps[2, c(3, 17)] <- NA; gaps[5, 30:33] <- NA; gaps[11, c(1, 2, 40)] <- NA
long <- function(set, m, value) data.frame(set = set, sample = rep(sprintf("s%02d", 1:n), each = p), analyte = rep(analytes, n), value = as.numeric(m))
values <- rbind(long("whole", y), long("gaps", gaps)); values$value <- ifelse(is.na(values$value), "", format(values$value, digits = 17, trim = TRUE))
i <- match(values$sample, sprintf("s%02d", 1:n)); values$batch <- batch[i]; values$timepoint <- time[i]; values$osmolality <- osmo[i]
write.csv(values, "combat_values.csv", row.names = FALSE, quote = FALSE)
mods <- list(none = NULL, timepoint = model.matrix(~ factor(time, c("after", "before"))), both = model.matrix(~ factor(time, c("after", "before")) + osmo))
rows <- list()
for (set in c("whole", "gaps")) for (protect in names(mods)) for (mean_only in c(FALSE, TRUE)) for (ref in c("", "3")) {
  m <- tryCatch(suppressMessages(ComBat(if (set == "whole") y else gaps, factor(batch, unique(batch)), mod = mods[[protect]], mean.only = mean_only, ref.batch = if (ref == "") NULL else ref)), error = function(e) NULL)
  if (is.null(m)) { message("sva stops: ", set, " ", protect, " ", mean_only, " ", ref); next }   # it divides a zero location of the reference batch by itself
  d <- long(set, m); d$protect <- protect; d$mean_only <- tolower(mean_only); d$reference <- ref; d <- d[!is.na(d$value), ]; rows[[length(rows) + 1]] <- d }
d <- do.call(rbind, rows); d$value <- format(d$value, digits = 17, trim = TRUE); write.csv(d, "combat.csv", row.names = FALSE, quote = FALSE)
writeLines(c(R.version.string, paste("sva", packageVersion("sva"))), "versions.txt")
