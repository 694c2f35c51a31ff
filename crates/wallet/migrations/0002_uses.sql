-- A seal may be allowed for several uses: a kind of proof (one seal in the district), or the certificates that its own body issues.
DROP INDEX standing_authorisations_one;
CREATE UNIQUE INDEX standing_authorisations_one ON standing_authorisations (kind, seal) WHERE withdrawn_at IS NULL;
