# Makes the story's data and expected numbers: Rscript make.R. Synthetic; R's sva::ComBat on natural logarithms.
source("../combat.R")
study(5, c(9, 8, 7))
expected(exp(combat(t(log(x)), batch, mod = model.matrix(~ time + age), ref.batch = unique(batch)[2])))
