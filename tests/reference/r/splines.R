# splines.csv: every coefficient of models with curves, interactions, several predictors or strata. ns() stands in the formula
# on the whole table, so that its knots (quantiles of age, boundary knots its range) are those of everyone whose age is known.
# model: spline (lm improvement ~ m + ns(age, df = 3) + sex), spline_binomial (glm remission ~ m + ns(age, df = 3), z tests, normal
# limits), m_by_sex (lm improvement ~ m * sex + age + madrs0), m_by_age (lm improvement ~ m * age), several (lm improvement ~ m01 +
# m02 + age; metabolite "m01+m02"), female and male (lm improvement ~ m + age within that sex). conf_*: t limits for lm.
# ns_basis.csv: the basis of ns(age, df = 3) on the rows of the m01 spline model (id, age, ns1..3), by the knots of the whole table; ns_knots.csv: those knots.
library(splines); source("common.R"); versions("splines", "splines"); rows <- list()
one <- function(model, k, fo, data = d, family = NULL) { u <- data
  f <- if (is.null(family)) lm(fo, u) else glm(fo, family, u, control = tightly); s <- summary(f)$coefficients; ci <- if (is.null(family)) confint(f) else confint.default(f)
  term <- gsub(" ", "", gsub(", ", ";", rownames(s)))   # no commas in the CSV: ns(age;df=3)1
  rows[[length(rows) + 1]] <<- data.frame(model, metabolite = k, term, n = nobs(f), estimate = s[, 1], std_error = s[, 2], statistic = s[, 3], p_value = s[, 4],
    conf_low = ci[, 1], conf_high = ci[, 2], log_lik = as.numeric(logLik(f)), aic = AIC(f)); invisible(f) }
for (k in ms) { f <- one("spline", k, as.formula(paste("improvement ~", k, "+ ns(age, df = 3) + sex")))
  if (k == "m01") { b <- model.frame(f)[["ns(age, df = 3)"]]; i <- rownames(model.frame(f)); used <- d[i, ]
    save(data.frame(id = used$id, age = used$age, ns1 = b[, 1], ns2 = b[, 2], ns3 = b[, 3]), "ns_basis.csv")
    save(data.frame(knot = c("boundary_low", "inner1", "inner2", "boundary_high"), age = c(attr(b, "Boundary.knots")[1], attr(b, "knots"), attr(b, "Boundary.knots")[2])), "ns_knots.csv") } }
for (k in ms) one("spline_binomial", k, as.formula(paste("remission ~", k, "+ ns(age, df = 3)")), family = binomial())
for (k in ms) { one("m_by_sex", k, as.formula(paste("improvement ~", k, "* sex + age + madrs0"))); one("m_by_age", k, as.formula(paste("improvement ~", k, "* age"))) }
one("several", "m01+m02", improvement ~ m01 + m02 + age)
for (s in levels(d$sex)) for (k in ms) one(s, k, as.formula(paste("improvement ~", k, "+ age")), d[d$sex == s, ])
save(rows, "splines.csv")
