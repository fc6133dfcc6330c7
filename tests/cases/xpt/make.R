# Writes the transport files of this story and what must be read from them. Synthetic numbers.
# Rscript make.R, in this folder.
library(haven)
dm <- data.frame(USUBJID = c("P1", "P\u00e9,2", "P 3"), AGE = c(34.5, NA, 61), SEX = c("F", "M", "F"),
                 RFSTDTC = as.Date(c("2024-01-31", NA, "2023-12-01")), stringsAsFactors = FALSE)
write_xpt(dm, "dm.xpt", version = 5, name = "DM")
samples <- c("S 1", "S/2", "S\u00e93", "=1+1")
set.seed(1)
lb <- expand.grid(analyte_name_of_the_laboratory = c("3-HB", "\u03b2/3-HB, \"free\"", "NA(+)"), sample_id = samples,
                  stringsAsFactors = FALSE)
lb$value <- c(0.1, 1e-300^0.25, 123456789.125, -0, 1/3, 2/3, 1e15, 1e-15, 5, 7.25, 0.3, 1e70)
lb$value[4] <- tagged_na("A")
lb$value[9] <- NA
write_xpt(lb[, c("sample_id", "analyte_name_of_the_laboratory", "value")], "lb.xpt", version = 8, name = "LB_LONG")
dir.create("expected", showWarnings = FALSE)
text <- function(x) ifelse(is.na(x), "", sprintf("%.17g", x))
write.csv(data.frame(participant_id = dm$USUBJID, age = text(dm$AGE), sex = dm$SEX,
                     first_day = ifelse(is.na(dm$RFSTDTC), "", as.numeric(dm$RFSTDTC) + 3653)),
          "expected/ingest.participants.csv", row.names = FALSE, quote = TRUE, fileEncoding = "UTF-8")
write.csv(data.frame(sample_id = lb$sample_id, analyte = lb$analyte_name_of_the_laboratory, value = text(lb$value)),
          "expected/ingest.abundances.csv", row.names = FALSE, quote = TRUE, fileEncoding = "UTF-8")
