# Makes the story's data and expected numbers: Rscript make.R. Synthetic; R's sva::ComBat on logarithms to base 2.
source("../combat.R")
study(6, c(9, 8, 7), function(x) { x[cbind(c(1, 5, 12, 20, 20, 3), c(1, 4, 4, 9, 10, 12))] <- NA; x })
expected(combat(t(log2(x)), batch, mod = model.matrix(~ time)))
