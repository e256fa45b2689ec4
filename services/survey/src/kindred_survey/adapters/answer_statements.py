"""The hot statements on answers, each one round trip for any number of rows."""

_ROWS = """
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::int[], $5::uuid[], $6::text[], $7::text[], $8::text[],
                     $9::float8[], $10::float8[], $11::float8[], $12::text[], $13::text[], $14::timestamptz[], $15::text[])
 ORDER BY 1, 2, 3
"""
# In one order for all, so that two transactions cannot wait for each other's rows.

_UPSERT = f"""
INSERT INTO answer AS a (customer_id, survey_id, question_id, survey_version, response_id, kind, theme, aspect,
                         number, scale_min, scale_max, choice, text, answered_at, source)
{_ROWS}
ON CONFLICT (customer_id, survey_id, question_id) DO UPDATE SET
    survey_version = excluded.survey_version, response_id = excluded.response_id, kind = excluded.kind,
    theme = excluded.theme, aspect = excluded.aspect, number = excluded.number, scale_min = excluded.scale_min,
    scale_max = excluded.scale_max, choice = excluded.choice, text = excluded.text, source = excluded.source,
    withdrawn = false, answered_at = greatest(a.answered_at, excluded.answered_at)
"""

SAVE = f"{_UPSERT} RETURNING answered_at"
"""The order in which transactions lock the row is the order of the answers, whatever their clocks say."""

SAVE_WHERE_NEWER = f"""{_UPSERT}
 WHERE a.answered_at < excluded.answered_at
    OR (a.answered_at = excluded.answered_at
        AND (a.number, a.choice, a.withdrawn) IS DISTINCT FROM (excluded.number, excluded.choice, false))
RETURNING customer_id, survey_id, question_id
"""

WITHDRAW = """
WITH kept AS (
    SELECT question_id FROM answer
     WHERE customer_id = $1 AND survey_id = $2 AND ($3::text[] IS NULL OR question_id = ANY($3)) AND NOT withdrawn
     ORDER BY question_id FOR UPDATE
)
UPDATE answer AS a
   SET withdrawn = true, number = NULL, choice = NULL, text = NULL, answered_at = greatest(a.answered_at, $4)
  FROM kept
 WHERE a.customer_id = $1 AND a.survey_id = $2 AND a.question_id = kept.question_id
RETURNING a.*
"""

LOCK_RESPONSE = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))"
"""Two answers that each could hide the other's question are judged one after the other."""

NEXT_CUSTOMERS = """
SELECT a.* FROM answer AS a
 WHERE a.customer_id IN (
       SELECT DISTINCT customer_id FROM answer WHERE $1::uuid IS NULL OR customer_id > $1 ORDER BY customer_id LIMIT $2)
 ORDER BY customer_id, survey_id, question_id
   FOR UPDATE
"""

TALLIES = """
SELECT question_id, kind, theme, aspect, sum(n)::int AS answers,
       coalesce(sum(n) FILTER (WHERE kind = 'nps' AND number >= 9), 0)::int AS promoters,
       coalesce(sum(n) FILTER (WHERE kind = 'nps' AND number >= 7 AND number < 9), 0)::int AS passives,
       coalesce(sum(n) FILTER (WHERE kind = 'nps' AND number < 7), 0)::int AS detractors,
       sum(n * number) FILTER (WHERE scale_max > scale_min) / nullif(sum(n), 0) AS mean,
       sqrt(greatest(0, sum(n * number * number) FILTER (WHERE scale_max > scale_min) / nullif(sum(n), 0)
                        - (sum(n * number) FILTER (WHERE scale_max > scale_min) / nullif(sum(n), 0)) ^ 2)) AS deviation,
       coalesce(jsonb_object_agg(coalesce(choice, number::text), n) FILTER (WHERE kind = 'preference'), '{}') AS choices
  FROM (SELECT question_id, kind, theme, aspect, number, choice, scale_min, scale_max, count(*) AS n
          FROM answer WHERE survey_id = $1 AND NOT withdrawn
         GROUP BY question_id, kind, theme, aspect, number, choice, scale_min, scale_max) AS answers
 GROUP BY question_id, kind, theme, aspect
 ORDER BY question_id, kind, theme, aspect
"""
