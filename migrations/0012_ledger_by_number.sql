-- Numbers in the order in which they were given: by year, and within it by value (WT2026-100000 comes after WT2026-99999).
ALTER TABLE issues DROP CONSTRAINT issues_district_id_number_key;
CREATE UNIQUE INDEX issues_by_number ON issues (district_id, left(number, 7), length(number), number);
