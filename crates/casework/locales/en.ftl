by-office = { $body }
state-submitted = waiting for acceptance
state-supplementing = waiting to be mended
state-accepted = being handled
state-paused = clock stopped
state-proposed = waiting for decision
state-decided = decided
state-closed = closed
state-withdrawn = withdrawn
state-refused = not accepted
state-lapsed = not mended in time
state-granted = closed: granted
state-denied = closed: denied
late-by = { $n ->
  [one] { $n } working day late
  *[other] { $n } working days late
 }
due-today = due today
days-left = { $n ->
  [one] { $n } working day left
  *[other] { $n } working days left
 }
until = until { $day }
reason-empty = Please give a reason
reason-long = Please write no more than 1,000 characters
points-none = Please write at least one thing to be mended
points-unknown = This is no part of the application; load the page again
to-may-not = This colleague does not hold the duty
until-range = Please give a day after today and within what the rule allows
days-range = Please give a number of working days within what the rule allows
choose = Please choose one
level-5 = very satisfied
level-4 = satisfied
level-3 = fairly satisfied
level-2 = not satisfied
level-1 = not satisfied at all
level-none = Please choose a level
comment-long = Please write no more than 500 characters
delivery-due = hand over by
task-open = waiting
task-answered = answered
task-settled = all there
task-returned = sent back
task-cancelled = cancelled
nobody-there = Choose a body in which somebody handles cases of this place
way-download = download
way-wallet = into the wallet
way-post = by post
way-pickup = collected by her
way-proxy = collected by somebody she sends
delivery-ready = to be handed over
delivery-sent = posted
delivery-back = came back
delivery-done = handed over
nothing-changed = Nothing would change; please check
