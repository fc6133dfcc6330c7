# Makes the story's data and expected numbers: Rscript make.R. Synthetic; R's sva::ComBat on natural logarithms.
source("../combat.R")
study(8, c(9, 8, 7), function(x) { x[, 11] <- 4; x[batch == unique(batch)[2], 12] <- 3; x })
expected(exp(combat(t(log(x)), batch, mod = model.matrix(~ time))))
