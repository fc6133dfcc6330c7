# curve_points.csv: four synthetic sets of pooled QC values over the order of injection.
# splines.csv: cubic smoothing splines at fixed lambda: fitted values and leverages by penalized regression on B-splines with the
#   exact penalty (x from 0 to 1, sum of squares plus lambda times the integral of the squared second derivative), and by
#   smooth.spline. The two differ in the fourth digit, because smooth.spline's Fortran writes 0.3330 for 1/3 in its penalty: with
#   0.3330 the first becomes the second, which this script asserts to 1e-8.
# spline_scores.csv: the lambda that smooth.spline finds by leave-one-out cross-validation, and the exact score there.
# loess.csv: loess(family = "gaussian", surface = "direct") at places, from all points and from all but one (left_out).
library(splines); options(digits = 17)
save <- function(d, file) write.csv(format(d, digits = 17, trim = TRUE), file, row.names = FALSE, quote = FALSE)
set.seed(4711)
sets <- list()
add <- function(name, x, f, noise) sets[[name]] <<- data.frame(set = name, x = x, y = f(x) + rnorm(length(x), 0, noise))
add("even", seq(1, 145, by = 6), function(x) .3 * sin(x / 25), .05)
add("uneven", sort(sample(1:400, 19)), function(x) .002 * x, .1)
add("flat", sort(sample(1:90, 12)), function(x) 0 * x, .08)
add("five", c(3, 20, 41, 66, 80), function(x) .01 * x + .0003 * x^2, .02)
save(do.call(rbind, sets), "curve_points.csv")
parts <- function(d) {
  u <- (d$x - min(d$x)) / diff(range(d$x)); kn <- c(rep(0, 3), u, rep(1, 3)); B <- splineDesign(kn, u, 4, outer.ok = TRUE)
  pen <- function(third) { S <- 0
    for (i in 1:(length(u) - 1)) { w <- u[i + 1] - u[i]; y1 <- splineDesign(kn, u[i], 4, 2, outer.ok = TRUE)[1, ]
      y2 <- 2 * (splineDesign(kn, u[i] + w / 2, 4, 2)[1, ] - y1)
      S <- S + w * (tcrossprod(y1) + .5 * (y1 %o% y2 + y2 %o% y1) + third * tcrossprod(y2)) }; S }
  hat <- function(lambda, third) B %*% solve(crossprod(B) + lambda * pen(third), t(B)); hat }
rows <- list(); scores <- list()
for (d in sets) { hat <- parts(d)
  own <- smooth.spline(d$x, d$y, all.knots = TRUE, cv = TRUE, control.spar = list(tol = 1e-10))
  for (lambda in c(1e-5, 1e-3, .1)) {
    r <- smooth.spline(d$x, d$y, all.knots = TRUE, lambda = lambda)
    H <- hat(lambda, 1 / 3); g <- as.numeric(H %*% d$y); H2 <- hat(lambda, .3330)
    stopifnot(max(abs(H2 %*% d$y - r$y)) < 1e-8, max(abs(diag(H2) - r$lev)) < 1e-8)
    rows[[length(rows) + 1]] <- data.frame(set = d$set, lambda, i = seq_along(g), fitted = g, leverage = diag(H), fitted_smooth_spline = r$y, leverage_smooth_spline = r$lev) }
  H <- hat(own$lambda, 1 / 3)
  scores[[length(scores) + 1]] <- data.frame(set = d$set[1], lambda = own$lambda, score = mean(((d$y - H %*% d$y) / (1 - diag(H)))^2)) }
save(do.call(rbind, rows), "splines.csv"); save(do.call(rbind, scores), "spline_scores.csv")
rows <- list()
for (d in sets) for (degree in 1:2) for (span in c(.5, .75, 1)) { n <- nrow(d)
  direct <- function(data) loess(y ~ x, data, span = span, degree = degree, family = "gaussian", control = loess.control(surface = "direct"))
  if (floor(n * span + 1e-5) < degree + 3) next
  at <- c(d$x, min(d$x) + diff(range(d$x)) * c(.013, .37, .81))
  rows[[length(rows) + 1]] <- data.frame(set = d$set[1], degree, span, left_out = "", x = at, predicted = predict(direct(d), data.frame(x = at)))
  if (floor((n - 1) * span + 1e-5) < degree + 3) next
  for (i in 1:n) rows[[length(rows) + 1]] <- data.frame(set = d$set[1], degree, span, left_out = as.character(i), x = d$x[i], predicted = predict(direct(d[-i, ]), data.frame(x = d$x[i]))) }
save(do.call(rbind, rows), "loess.csv")
