//! Statements and rows.

use linli_acts::{BodyId, DutyId, PersonId, StaffId};
use linli_base::{Day, Instant, PlaceCode};
use linli_db::{row, sql};
use linli_vault::{Lookup, Sealed};

use crate::domain::{AuthorisationId, ProofId, ProofKind, ProofState, SealId, SealState, SealUse};

row! {
    #[derive(Clone, Debug)]
    pub(crate) struct SealRow {
        pub id: SealId,
        pub body: BodyId,
        pub body_name: String,
        pub kind: String,
        pub place: PlaceCode,
        pub state: SealState,
        pub certificate: Vec<u8>,
        pub issuer: Vec<u8>,
        pub created_at: Instant,
        pub rev: i64,
    }
}

row! {
    #[derive(Clone, Debug)]
    pub(crate) struct AuthorisationRow {
        pub id: AuthorisationId,
        pub kind: SealUse,
        pub seal: SealId,
        pub given_by: StaffId,
        pub duty: DutyId,
        pub given_at: Instant,
        pub until: Day,
        pub rev: i64,
    }
}

row! {
    #[derive(Clone, Debug)]
    pub(crate) struct ProofRow {
        pub id: ProofId,
        pub kind: ProofKind,
        pub state: ProofState,
        pub person: PersonId,
        pub body: BodyId,
        pub authorisation: AuthorisationId,
        pub asked_at: Instant,
        pub number: Option<String>,
        pub code_key: Option<Lookup>,
        pub data: Option<Sealed>,
        pub issued_at: Option<Instant>,
        pub valid_until: Option<Day>,
        pub revoked_at: Option<Instant>,
        pub rev: i64,
    }
}

sql! {
    pub(crate) AUTHORITY: (i64, Sealed, Vec<u8>) = "SELECT id, key, certificate FROM seal_authorities ORDER BY id LIMIT 1";
    pub(crate) ROOTS: (Vec<u8>,) = "SELECT certificate FROM seal_authorities ORDER BY id LIMIT 10";
    pub(crate) ADD_AUTHORITY: () = "INSERT INTO seal_authorities (id, name, key, certificate, created_at) VALUES ($1, $2, $3, $4, $5)";

    pub(crate) ADD_SEAL: () = "INSERT INTO seals (id, body, body_name, kind, place, state, key, certificate, issuer, created_at, rev)
        VALUES ($1, $2, $3, $4, $5, 'active', $6, $7, $8, $9, 1)";
    pub(crate) SEAL: SealRow = "SELECT id, body, body_name, kind, place, state, certificate, issuer, created_at, rev FROM seals WHERE id = $1";
    pub(crate) SEALS: SealRow = "SELECT id, body, body_name, kind, place, state, certificate, issuer, created_at, rev FROM seals ORDER BY id DESC LIMIT 200";
    pub(crate) SEAL_KEY: (Sealed,) = "SELECT key FROM seals WHERE id = $1";
    pub(crate) SEAL_STATE: () = "UPDATE seals SET state = $3, rev = rev + 1 WHERE id = $1 AND rev = $2";
    pub(crate) SEAL_STATES: (i64, Option<String>) = "SELECT id, state FROM seals WHERE id > $1 ORDER BY id LIMIT $2";

    pub(crate) STANDING: AuthorisationRow = "SELECT id, kind, seal, given_by, duty, given_at, until, rev FROM standing_authorisations
        WHERE kind = $1 AND withdrawn_at IS NULL ORDER BY id LIMIT 1";
    /// For the certificates of a body.
    pub(crate) STANDING_OF_BODY: AuthorisationRow = "SELECT a.id, a.kind, a.seal, a.given_by, a.duty, a.given_at, a.until, a.rev FROM standing_authorisations a
        JOIN seals s ON s.id = a.seal WHERE a.kind = $1 AND a.withdrawn_at IS NULL AND a.until >= $3 AND s.body = $2 AND s.state = 'active' ORDER BY a.id LIMIT 1";
    pub(crate) ALL_STANDING: AuthorisationRow = "SELECT id, kind, seal, given_by, duty, given_at, until, rev FROM standing_authorisations
        WHERE withdrawn_at IS NULL ORDER BY id LIMIT 100";
    pub(crate) AUTHORISATION: AuthorisationRow = "SELECT id, kind, seal, given_by, duty, given_at, until, rev FROM standing_authorisations
        WHERE id = $1 AND withdrawn_at IS NULL";
    pub(crate) AUTHORISE: (AuthorisationId,) = "INSERT INTO standing_authorisations (id, kind, seal, given_by, duty, given_at, until, state, rev)
        VALUES ($1, $2, $3, $4, $5, $6, $7, 'given', 1) ON CONFLICT (kind, seal) WHERE withdrawn_at IS NULL DO NOTHING RETURNING id";
    pub(crate) WITHDRAW: () = "UPDATE standing_authorisations SET withdrawn_at = $3, state = 'withdrawn', rev = rev + 1
        WHERE id = $1 AND rev = $2 AND withdrawn_at IS NULL";
    pub(crate) AUTHORISATION_STATES: (i64, Option<String>) = "SELECT id, state FROM standing_authorisations WHERE id > $1 ORDER BY id LIMIT $2";

    pub(crate) ADD_PROOF: () = "INSERT INTO proofs (id, kind, state, person, body, authorisation, asked_at, rev) VALUES ($1, $2, 'waiting', $3, $4, $5, $6, 1)";
    pub(crate) PROOF: ProofRow = "SELECT id, kind, state, person, body, authorisation, asked_at, number, code_key, data, issued_at, valid_until, revoked_at, rev
        FROM proofs WHERE id = $1";
    pub(crate) BY_NUMBER: ProofRow = "SELECT id, kind, state, person, body, authorisation, asked_at, number, code_key, data, issued_at, valid_until, revoked_at, rev
        FROM proofs WHERE number = $1";
    pub(crate) OF_PERSON: ProofRow = "SELECT id, kind, state, person, body, authorisation, asked_at, number, code_key, data, issued_at, valid_until, revoked_at, rev
        FROM proofs WHERE person = $1 AND id < $2 ORDER BY id DESC LIMIT $3";
    pub(crate) OF_BODY: ProofRow = "SELECT id, kind, state, person, body, authorisation, asked_at, number, code_key, data, issued_at, valid_until, revoked_at, rev
        FROM proofs WHERE state = 'issued' AND body = $1 AND id < $2 ORDER BY id DESC LIMIT $3";
    pub(crate) OPEN_OF_PERSON: (i64,) = "SELECT count(*) FROM proofs WHERE person = $1 AND kind = $2 AND state IN ('waiting', 'issuing')";
    pub(crate) NEXT_SERIAL: (i64,) = "SELECT COALESCE(max(serial), 0) + 1 AS next FROM proofs WHERE day = $1";
    pub(crate) ANSWERED: () = "UPDATE proofs SET state = 'issuing', day = $3, serial = $4, number = $5, code_key = $6, data = $7, valid_until = $8, rev = rev + 1
        WHERE id = $1 AND rev = $2";
    pub(crate) REFUSED: () = "UPDATE proofs SET state = 'refused', rev = rev + 1 WHERE id = $1 AND rev = $2";
    pub(crate) ISSUED: () = "UPDATE proofs SET state = 'issued', issued_at = $3, rev = rev + 1 WHERE id = $1 AND rev = $2";
    pub(crate) REVOKED: () = "UPDATE proofs SET state = 'revoked', revoked_at = $3, rev = rev + 1 WHERE id = $1 AND rev = $2";
    pub(crate) PROOF_STATES: (i64, Option<String>) = "SELECT id, state FROM proofs WHERE id > $1 ORDER BY id LIMIT $2";
    pub(crate) ADD_PAPER: () = "INSERT INTO proof_papers (proof, pdf) VALUES ($1, $2)";
    pub(crate) PAPER: (Sealed,) = "SELECT pdf FROM proof_papers WHERE proof = $1";

    pub(crate) IDS_OF_PERSON: (ProofId, ProofState) = "SELECT id, state FROM proofs WHERE person = $1 ORDER BY id LIMIT 1000";
    pub(crate) ERASE_PAPERS: () = "DELETE FROM proof_papers WHERE proof IN (SELECT id FROM proofs WHERE person = $1)";
    pub(crate) ERASE_ONE: () = "UPDATE proofs SET state = 'erased', code_key = NULL, data = NULL, rev = rev + 1 WHERE id = $1 AND state <> 'erased'";

    pub(crate) TRY: (i64,) = "INSERT INTO check_tries (net, turn, tries) VALUES ($1, $2, 1)
        ON CONFLICT (net, turn) DO UPDATE SET tries = check_tries.tries + 1 RETURNING tries";
    pub(crate) SWEEP_TRIES: () = "DELETE FROM check_tries WHERE (net, turn) IN (SELECT net, turn FROM check_tries WHERE turn * 600000 < $1 LIMIT 1000)";

    pub(crate) ISSUED_UNTIL: (i64,) = "SELECT count(*) FROM proofs WHERE issued_at <= $1";
    pub(crate) ISSUED_ROWS: (i64, String, Day) = "SELECT id, number, day FROM proofs WHERE issued_at <= $1 AND id > $2 AND number IS NOT NULL AND day IS NOT NULL ORDER BY id LIMIT 100";
}

linli_acts::retention! {
    "seal_authorities", keep, "印章根证书，长期保存以便核验。", "Roots of seals are kept so that old papers can be checked.";
    "seals", keep, "印章及证书，停用后保留以便核验。", "Seals are kept after their end so that old papers can be checked.";
    "standing_authorisations", keep, "授权记录长期保存。", "Authorisations are kept.";
    "proofs", keep, "出具记录长期保存；内容可依本人请求删除。", "That a proof was issued is kept; its content can be erased at the holder's wish.";
    "proof_papers", keep, "原件随证明保存，可依本人请求删除。", "The paper lies with its proof and can be erased at the holder's wish.";
    "check_tries", days: 1, "核验次数只保留一天，用于防止猜测校验码。", "Tries are kept a day, against guessing codes.", sweep: SWEEP_TRIES;
}

linli_acts::inventory::submit! { linli_acts::StateProof { subject_kind: "seal", page: &SEAL_STATES } }
linli_acts::inventory::submit! { linli_acts::StateProof { subject_kind: "authorisation", page: &AUTHORISATION_STATES } }
linli_acts::inventory::submit! { linli_acts::StateProof { subject_kind: "proof", page: &PROOF_STATES } }

linli_acts::act_words! {
    "wallet.asked" = "申请开具电子证明", "Asked for an electronic proof";
    "wallet.answered" = "登记机构返回了数据", "The register answered";
    "wallet.refused" = "登记中没有可证明的信息", "The register has nothing to prove";
    "wallet.issued" = "电子证明已盖章出具", "The proof was sealed and issued";
    "wallet.revoked" = "电子证明被撤销", "The proof was revoked";
    "wallet.downloaded" = "下载了电子证明", "Downloaded the proof";
    "wallet.checked" = "有人凭编号和校验码核验了这份证明", "Somebody checked this proof with its number and code";
    "wallet.erased" = "按本人请求删除了证明内容", "The proof's content was erased at the holder's wish";
}
