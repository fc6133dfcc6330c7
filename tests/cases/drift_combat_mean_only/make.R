# Makes the story's data and expected numbers: Rscript make.R. Synthetic; R's sva::ComBat on natural logarithms.
source("../combat.R")
study(4, c(9, 8, 1))
expected(exp(combat(t(log(x)), batch, mean.only = TRUE)))
