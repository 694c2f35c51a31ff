title = Notices
none = No notice yet.
unread = not read
read-all = Mark all as read
marked = { $n ->
  [one] { $n } notice marked as read
  *[other] { $n } notices marked as read
 }
unread-count = { $n ->
  [one] { $n } not read
  *[other] { $n } not read
 }
settings = How to tell me
told-at = Told
way-sms = Text message
way-paper = Letter
open-link = Go and see
all-notices = All notices
sms-waiting = Waits, at the earliest { $at }
sms-sent = Sent { $at }
sms-delivered = Arrived { $at }
sms-failed = Did not arrive
sms-given-up = Did not go out and is not tried any more
paper-waiting = Waits for the post
paper-sent = Posted { $at }
paper-returned = Came back
paper-given-up = Was not posted
settings-lead = Notices always stand here. Beside that you can choose:
settings-phone = Messages go to { $phone }
settings-no-phone = No mobile number of yours is registered; we write to you.
wish-sms = Send me text messages
wish-sms-hint = None at night; they wait for the morning
wish-paper = Send me letters
wish-paper-hint = Printed and posted by your street office; takes some days longer
wish-lang = Language of the messages
lang-missing = Please choose a language
save = Save
wishes-set = Saved; it holds from the next notice on
letters = Letters to post
letters-what = To residents without a phone, who chose letters, or whom no message reached. Opening a letter stands in the resident's own "who looked at my data".
letters-waiting = To post
letters-posted = Posted
letters-none = No letter to post.
posted-none = No letter was posted.
col-place = To
col-told = Told
col-state = State
col-print = Print
col-done = Act
tick-one = Choose this letter
print = Print the chosen
tick-letters = Please choose the letters to print
too-many-letters = At most { $n } letters at once
came-back = Came back
not-posted = Cannot be posted
noted = Noted
print-title = Print letters
print-hint = Print with the browser; one page each, the address falls into the envelope's window. When they are in the post, say so here.
posted-act = All posted
posted-done = { $n ->
  [one] { $n } letter noted as posted
  *[other] { $n } letters noted as posted
 }
back-to-letters = Back to the letters
addressee = { $name }
no-address = No address is known: keep it at the counter until she comes
letter-greeting = Dear resident,
letter-help = If you need help, any residents' committee or street office near you will help; just bring this letter.
letter-online = Somebody of your family with a phone can also do it for you at { $origin }.
way-wechat = WeChat
wechat = WeChat
wechat-since = WeChat is bound, since { $day }
wechat-not-bound = WeChat is not bound yet.
wish-wechat = Send me WeChat messages
wish-first = Which comes first
wish-first-hint = If it does not arrive the other takes over, and then a letter
first-wechat = WeChat first
first-sms = Text message first
wechat-lead = Once it is bound, notices come to your WeChat and open at a touch.
wechat-begin = Bind WeChat
wechat-show = Scan this code with WeChat, or open the link below in WeChat. It is good for fifteen minutes.
wechat-open = Open in WeChat
wechat-then = When you have confirmed in WeChat, come back and look here.
wechat-look = Is it bound? Look
wechat-end = Unbind
wechat-ended = WeChat is not bound any more
wechat-off = WeChat is not connected in this district yet.
