#!/usr/bin/env bash
# Puts COMMENT, a file, on the pull request NUMBER: one comment, renewed by each run. A token that may not, as that of a
# pull request from a fork, is no failure of the check.
set -uo pipefail

marker='<!-- soft-grpo-bench regression check -->'
# GitHub takes 65,536 characters.
most=60000

comments="repos/$GITHUB_REPOSITORY/issues/$NUMBER/comments"
body=$(mktemp)
{
  echo "$marker"
  head -c "$most" "$COMMENT"
  if [ "$(wc -c <"$COMMENT")" -gt "$most" ]; then printf '\n\nThe rest is in the job summary.\n'; fi
} >"$body"
earlier=$(gh api --paginate "$comments" --jq ".[] | select(.body | startswith(\"$marker\")) | .id" | head -n 1)
if [ -n "$earlier" ]; then
  gh api --silent --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$earlier" --field "body=@$body"
else
  gh api --silent --method POST "$comments" --field "body=@$body"
fi || echo "::warning title=Regression check::the token may not comment on the pull request; the text is in the job summary"
