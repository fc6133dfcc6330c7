# Twenty-four universes of the default study, two outcomes and eleven metabolites each, by R's lm: the estimates, their
# robust and plain errors, the standardized effects, and the joint statistics of each specification curve.
# Run in this folder: Rscript universes.R. The study is synthetic.
data <- "../../../data/"
read <- function(name) read.csv(paste0(data, name), check.names = FALSE, colClasses = c(participant_id = "character"))
people <- read("participants.csv")
scores <- read("madrs.csv")
samples <- read("samples.csv")
samples <- samples[samples$type == "study", ]
values <- read.csv(paste0(data, "metabolites.csv"))
panel <- read.csv(paste0(data, "panel.csv"))
total <- function(visit) scores$total[match(paste(people$participant_id, visit), paste(scores$participant_id, scores$visit))]
improvement <- function(visit) 100 * (total("baseline") - total(visit)) / total("baseline")
outcomes <- list(improvement_infusion_4 = improvement("infusion_4"), improvement_month_12 = improvement("month_12"))
frame <- data.frame(age = people$age, sex = factor(people$sex, c("female", "male")), baseline = total("baseline"))

# A metabolite of every participant at a timepoint; what is below its limit takes a share of the limit.
level <- function(analyte, timepoint, share) {
  sample <- samples$sample_id[match(paste(people$participant_id, timepoint), paste(samples$participant_id, samples$timepoint))]
  value <- values$value[match(paste(sample, analyte), paste(values$sample_id, values$analyte))]
  limit <- panel$lod[panel$analyte == analyte]
  ifelse(!is.na(value) & value < limit, limit * share, value)
}
change <- list(percent = function(from, to) 100 * (to - from) / from, log2_ratio = function(from, to) log2(to / from))
below <- c(lod_over_sqrt2 = 1 / sqrt(2), half_lod = 1 / 2)
covariates <- list(none = character(0), two = c("age", "sex"), three = c("age", "sex", "baseline"))

hc3 <- function(fit) {
  x <- model.matrix(fit)
  bread <- solve(crossprod(x))
  meat <- crossprod(x * (resid(fit) / (1 - hatvalues(fit))))
  sqrt(diag(bread %*% meat %*% bread))
}

rows <- list()
universe <- 0
for (limit in names(below)) for (measure in names(change)) for (adjusted in names(covariates)) for (errors in c("model", "hc3")) {
  universe <- universe + 1
  for (outcome in names(outcomes)) for (analyte in panel$analyte) {
    d <- frame
    d$y <- outcomes[[outcome]]
    d$x <- change[[measure]](level(analyte, "baseline", below[[limit]]), level(analyte, "post_infusion_1", below[[limit]]))
    d <- d[complete.cases(d), ]
    fit <- lm(reformulate(c(covariates[[adjusted]], "x"), "y"), d)
    error <- if (errors == "hc3") hc3(fit)[["x"]] else coef(summary(fit))["x", 2]
    b <- coef(fit)[["x"]]
    p <- 2 * pt(-abs(b / error), fit$df.residual)
    scale <- sd(d$x) / sd(d$y)
    margin <- qt(0.975, fit$df.residual) * error
    rows[[length(rows) + 1]] <- data.frame(universe, outcome, analyte, n = nrow(d), effect = b * scale,
      conf_low = (b - margin) * scale, conf_high = (b + margin) * scale, p_value = p, z = sign(b) * qnorm(p / 2, lower.tail = FALSE))
  }
}
tests <- do.call(rbind, rows)

joint <- function(of, analyte) {
  positive <- sum(of$z > 0)
  dominant <- if (2 * positive >= nrow(of)) 1 else -1
  data.frame(analyte, answered = nrow(of), positive, significant = sum(of$p_value < 0.05 & sign(of$z) == dominant),
    share_significant = mean(of$p_value < 0.05 & sign(of$z) == dominant), median_effect = median(of$effect), average_z = mean(of$z))
}
sized <- transform(tests, effect = abs(effect), z = abs(z))
curves <- rbind(joint(sized, ""), do.call(rbind, lapply(sort(panel$analyte), function(a) joint(tests[tests$analyte == a, ], a))))
digits <- function(d) { for (k in names(d)) if (is.double(d[[k]])) d[[k]] <- sprintf("%.17g", d[[k]]); d }
write.csv(digits(tests), "universes.csv", row.names = FALSE, quote = FALSE, fileEncoding = "UTF-8")
write.csv(digits(curves), "curves.csv", row.names = FALSE, quote = FALSE, fileEncoding = "UTF-8")
writeLines(R.version.string, "versions.txt")
