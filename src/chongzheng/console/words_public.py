"""Which sentences do the public page and the field page say? (zh, en) by key.

The public page says what is proven and calls everything else not known yet; it blames nobody and promises no date that
nobody gave.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_FRAME = {
    "pub.name": ("付款查询", "Where is my payment?"),
    "pub.who": ("冲正 · 付款核实与退款查询", "Chongzheng · checks and refunds of card payments"),
    "pub.skip": ("跳到正文", "Skip to the content"),
    "pub.call": ("也可以电话咨询：{contact}", "You may also call: {contact}"),
    "pub.private": (
        "本页不需要账号，不显示完整卡号，也不显示姓名。任何人都不会通过本页向您索要密码或验证码。",
        "This page needs no account and shows no whole card number and no name. Nobody will ever ask you for a PIN or a"
        " code here.",
    ),
    "pub.back": ("再查一笔", "Look up another one"),
    "pub.first": ("查询付款", "Look up a payment"),
}
_FORM = {
    "pub.form.title": ("刷卡付款出了问题？在这里查钱在哪里", "A card payment went wrong? See where the money is"),
    "pub.form.lead": (
        "请按签购单或故障凭条填写下面四项，四项都相符才会显示结果。",
        "Fill in these four from the slip. An answer is shown only when all four fit.",
    ),
    "pub.form.reference": ("查询编号", "Reference"),
    "pub.form.reference-hint": (
        "签购单上的“终端号-凭证号”（如 10000001-000042），或通知里的编号（如 CASE-17）。已立案的付款也可填参考号。",
        "Terminal and trace from the slip with a dash (10000001-000042), or the number in a message from us (CASE-17)."
        " Where there is a case, the 12-digit reference number works too.",
    ),
    "pub.form.last-four": ("卡号末四位", "Card, last four digits"),
    "pub.form.amount": ("金额（元）", "Amount (CNY)"),
    "pub.form.day": ("付款日期", "Day of the payment"),
    "pub.form.go": ("查询", "Look it up"),
    "pub.form.or": (
        "找不到凭条，或者四项不全？可以直接投诉，由工作人员查找。",
        "No slip, or not all four? Send a complaint, and a person will look for the payment.",
    ),
    "pub.nothing": (
        "没有找到与这四项都相符的付款。请核对后再试；刚刚发生的付款，请过几分钟再查。",
        "There is no payment that fits all four. Please compare them once more; if you have only just paid, try again"
        " in a few minutes.",
    ),
    "pub.link": (
        "这个链接不完整、不正确，或者已过期。可以按签购单填写下面四项查询。",
        "This link is not whole, not right, or too old. You can look the payment up by the four things on the slip.",
    ),
    "wrong.code": ("这个链接不完整。", "This link is not whole."),
    "wrong.reference": ("请填写查询编号。", "Please fill in the reference."),
    "wrong.last-four": ("请填写卡号的最后四位数字，不要填完整卡号。", "Please give the last four digits only."),
    "wrong.amount": ("请填写金额，如 128.50。", "Please fill in the amount, like 128.50."),
    "wrong.day": ("请填写付款日期。", "Please fill in the day of the payment."),
    "wrong.text": ("请写下发生了什么。", "Please write what happened."),
    "wrong.contact": (
        "联系方式请填电话号码或电子邮箱，不填也可以。",
        "Please give a telephone number or an e-mail address, or leave it empty.",
    ),
}
_ANSWER = {
    "pub.answer.payment": ("{amount} · 卡号末四位 {card}", "{amount} · card ending in {card}"),
    "pub.answer.where": ("钱在哪里", "Where the money is"),
    "pub.answer.next": ("接下来", "What comes next"),
    "pub.answer.unknown": ("还不知道的", "Not known yet"),
    "pub.answer.steps": ("进度", "The way of your money"),
    "pub.answer.complaints": ("您的投诉", "Your complaints"),
    "pub.answer.complaint-by": ("最晚 {by} 答复", "answered by {by} at the latest"),
    "pub.answer.complaint-late": (
        "答复已超过期限，我们正在补办",
        "the answer is late; it is being seen to",
    ),
    "pub.answer.no-payment": (
        "投诉已收到，正在查找对应的付款",
        "Your complaint is here; the payment is being looked for",
    ),
    "pub.answer.no-payment-next": (
        "找到付款后，本页会显示钱在哪里。",
        "Once it is found, this page says where the money is.",
    ),
    "pub.answer.complain": ("有话要说，或者要投诉", "Tell us something, or complain"),
    "pub.answer.keep": (
        "请收藏本页地址：以后打开就能看到最新进度。不要转发给别人。",
        "Keep the address of this page: it always shows how things stand. Do not pass it on.",
    ),
    "pub.where.checking": ("正在核实，还不知道钱是否已扣", "Being checked: it is not known yet whether it was taken"),
    "pub.where.not-taken": ("您的卡没有被扣款", "Your card was not charged"),
    "pub.where.with-shop": ("付款成功，商户已收到", "The payment went through; the shop has it"),
    "pub.where.not-with-shop": (
        "钱已扣，商户未入账，正在处理",
        "Charged, but the shop has not received it; it is being put right",
    ),
    "pub.where.shop-unknown": (
        "钱已扣，商户是否收到正在核实",
        "Charged; whether the shop has it is being checked",
    ),
    "pub.where.charged-back": ("您的银行已收回这笔付款", "Your bank has taken this payment back"),
    "pub.where.on-hold": ("金额已冻结（预授权），没有扣款", "The amount is on hold; it is not taken by this"),
    "pub.where.refund-checking": (
        "正在核实，还不知道这笔退款是否办成",
        "Being checked: it is not known yet whether this refund was made",
    ),
    "pub.where.refund-made": ("这笔退款已办成", "This refund was made"),
    "pub.where.refund-not-made": ("这笔退款没有办成", "This refund was not made"),
    "pub.where.not-owed": ("没有扣款，却退了一笔", "Nothing was charged, and a refund was paid all the same"),
    "pub.where.returned": ("钱已退回您的卡", "The money went back to your card"),
    "pub.where.twice": ("同一笔消费扣了两次", "The same purchase was charged twice"),
    "pub.where.on-its-way": ("退款正在退往您的银行", "Your refund is on its way to your bank"),
    "pub.where.arrived": ("退款已到账", "Your refund has arrived"),
    "pub.where.double": ("同一笔钱退回了两次", "The same money came back to you twice"),
    "pub.next.checking": (
        "我们正在与银行核对。核实之前，请不要为同一笔消费再付一次。您不需要提供任何材料。",
        "We are checking with the bank. Please do not pay for the same thing again meanwhile. You need not send us"
        " anything.",
    ),
    "pub.next.not-taken": (
        "已核实，您不用做什么。账单上如有暂时冻结的金额，到期会自动解除。商品还想要的话，可以重新付款。",
        "This is checked; you need not do anything. If your bank shows an amount on hold, the hold ends by itself. If"
        " you still want the goods, you may pay again.",
    ),
    "pub.next.with-shop": (
        "已核实，不用再付一次。如果没有拿到商品或服务，请在下面告诉我们。",
        "This is checked; do not pay again. If you did not get the goods or the service, tell us below.",
    ),
    "pub.next.not-with-shop": (
        "已核实：这笔钱从您的卡上扣了，但商户的机器没有记为成功，钱没有给商户。我们正在更正，您不用再付一次。",
        "This is checked: your card was charged, but the shop's machine does not count the payment, and the shop was"
        " not given the money. It is being put right; do not pay again.",
    ),
    "pub.next.shop-unknown": (
        "已核实：这笔钱从您的卡上扣了。商户的机器是否记为成功还不知道，请不要再付一次。",
        "This is checked: your card was charged. Whether the shop's machine counts the payment is not known yet; please"
        " do not pay again.",
    ),
    "pub.next.charged-back": (
        "您的银行通过差错处理（退单）收回了这笔钱，怎样记入您的账户请问您的银行。",
        "Your bank took the money back by a chargeback. Ask your bank how it stands in your account.",
    ),
    "pub.next.on-hold": (
        "已核实。实际扣款是另一笔交易；没有后续扣款的，冻结到期会自动解除。",
        "This is checked. What is really taken is a payment of its own; without one the hold ends by itself.",
    ),
    "pub.next.refund-checking": (
        "我们正在与银行核对。您不需要提供任何材料。",
        "We are checking with the bank. You need not send us anything.",
    ),
    "pub.next.refund-made": (
        "已核实，您不用做什么。账单上看不到的话，请在下面告诉我们。",
        "This is checked; you need not do anything. If you cannot see it, tell us below.",
    ),
    "pub.next.refund-not-made": (
        "已核实：这笔退款没有生效，钱没有因它退回。如有疑问，请在下面告诉我们。",
        "This is checked: the refund did not take effect, and no money went back by it. If in doubt, tell us below.",
    ),
    "pub.next.not-owed": (
        "您不用做什么。多退的一笔，我们先请渠道撤销；撤销不成的，会先写信告诉您金额、日期和依据，再请您的银行退回。您不同意，可以提出。",
        "You need not do anything. We first ask to have the refund cancelled. Where that does not work, we write to you"
        " first, with amount, day and documents, before your bank is asked for it. You may object.",
    ),
    "pub.next.returned": (
        "已核实：这笔交易已撤销，您不用做什么。",
        "This is checked: the payment was undone. You need not do anything.",
    ),
    "pub.next.twice": (
        "已核实。多扣的一笔正在处理，您不用做什么。",
        "This is checked. The second charge is being worked on; you need not do anything.",
    ),
    "pub.next.on-its-way": (
        "退款 {refund} 已发出，退回原卡。到账以后，本页会写明。",
        "{refund} were sent back to the card that paid. This page will say when they have arrived.",
    ),
    "pub.next.arrived": (
        "退款 {refund} 已入账到原卡，您不用做什么。账单上看不到的话，请在下面告诉我们。",
        "{refund} were posted to the card that paid. You need not do anything. If you cannot see them, tell us below.",
    ),
    "pub.next.double": (
        "您不用做什么。多退的一笔，我们先请渠道撤销；撤销不成的，会先写信告诉您金额、日期和依据，再请您的银行退回。您不同意，可以提出。",
        "You need not do anything. We first ask to have the second one cancelled. Where that does not work, we write to"
        " you first, with amount, day and documents, before your bank is asked for it. You may object.",
    ),
    "pub.unknown.taken": ("这笔钱是否已从您的账户扣走", "Whether the money has left your account"),
    "pub.unknown.righted": ("哪一天更正完毕", "On which day it is put right"),
    "pub.unknown.shop": ("商户是否收到这笔钱", "Whether the shop has this money"),
    "pub.unknown.made": ("这笔退款是否办成", "Whether this refund was made"),
    "pub.unknown.statement": (
        "哪一天显示在您的账单上（由您的银行决定，一般一到三个工作日）",
        "On which day your statement shows it (up to your bank, usually one to three working days)",
    ),
    "pub.unknown.back": ("多扣的一笔哪一天退回", "On which day the second charge goes back"),
    "pub.unknown.arrival": ("退款哪一天到账", "On which day the refund arrives"),
    "pub.unknown.keeps": ("多退的一笔怎样处理", "What becomes of the second one"),
    "pub.date.promised": ("我们答应您：最晚 {by}。", "We promised you: by {by} at the latest."),
    "pub.date.law": ("按规定，最晚 {by} 答复您。", "By the rules you have an answer by {by} at the latest."),
    "pub.date.aim": (
        "我们争取在 {by} 之前办好；这是目标，不是承诺。",
        "We aim to have it done by {by}; that is our target, not a promise.",
    ),
    "pub.date.earliest": ("{by} 之前，不会扣回任何款项。", "Nothing is taken back before {by}."),
    "pub.date.none": (
        "哪一天，现在还不知道；有了日期会写在这里。",
        "By when is not known yet; the day will stand here.",
    ),
    "pub.step.paid": ("刷卡付款", "Card payment"),
    "pub.step.given": ("商户办理退款", "Refund at the shop"),
    "pub.step.held": ("预授权", "Amount put on hold"),
    "pub.step.righted": ("更正入账", "Put right"),
    "pub.step.by-bank": ("您的银行收回", "Taken back by your bank"),
    "pub.step.checked": ("与银行核实", "Checked with the bank"),
    "pub.step.told": ("写明结果", "The result stands here"),
    "pub.step.done": ("核实完毕", "Nothing is open"),
    "pub.step.returned": ("交易撤销，钱已退回", "Undone, the money went back"),
    "pub.step.statement": ("显示在您的账单上", "Your statement shows it"),
    "pub.step.sent": ("退款发出", "Refund sent"),
    "pub.step.arrived": ("退款到账", "Refund arrived"),
    "pub.step.settled": ("与您商定多退的一笔", "Settled with you"),
    "pub.stood.done": ("已完成", "done"),
    "pub.stood.now": ("进行中", "now"),
    "pub.stood.ahead": ("尚未开始", "to come"),
    "pub.complaint.received": ("已收到", "received"),
    "pub.complaint.joined": ("处理中", "being worked on"),
    "pub.complaint.answered": ("已答复", "answered"),
    "pub.complaint.withdrawn": ("已撤回", "withdrawn"),
}
_COMPLAINT = {
    "pub.complain.title": ("告诉我们发生了什么", "Tell us what happened"),
    "pub.complain.lead": (
        "写下发生的事就可以。请不要写完整卡号或密码。",
        "Just write what happened. Please do not write a whole card number or a PIN.",
    ),
    "pub.complain.text": ("发生了什么", "What happened"),
    "pub.complain.contact": ("联系方式（可不填）", "Where we may answer (if you like)"),
    "pub.complain.contact-hint": (
        "电话或邮箱，只用于答复您，加密保存。",
        "A telephone number or an e-mail address; used for the answer alone, and kept sealed.",
    ),
    "pub.complain.urgent": ("我急需这笔钱（看病、生活困难等）", "I am in need of this money (illness, hardship)"),
    "pub.complain.about": ("关于哪一笔付款（知道的话）", "Which payment it is about (if you know)"),
    "pub.complain.known": ("关于刚才查询的那笔付款。", "About the payment that you looked up."),
    "pub.complain.go": ("提交", "Send"),
    "pub.taken.title": ("已收到，编号 {number}", "It is here; your number is {number}"),
    "pub.taken.by": ("按规定，最晚 {by} 答复您。", "By the rules you have an answer by {by} at the latest."),
    "pub.taken.follow": ("查看进度", "See how it stands"),
    "pub.taken.keep": (
        "请记下编号，或收藏“查看进度”的地址。",
        "Please note the number, or keep the address behind the button.",
    ),
    "pub.old": ("页面打开太久了，请再提交一次。", "The page was open for too long; please send it once more."),
}
_NOTES = {
    "pub.note.title": ("现在看不了", "Not now"),
    "pub.note.away": ("暂时查不到，请过几分钟再试。", "Nothing can be looked up just now; try again in a few minutes."),
    "pub.note.unsent": (
        "暂时提交不了，您写的都还在这里，请过几分钟再提交一次。",
        "It could not be sent just now. All that you wrote is still here; please send it again in a few minutes.",
    ),
    "pub.note.enough": (
        "查询太频繁了，请过一会儿再试。",
        "There were too many questions from here or about this; please wait a while.",
    ),
    "pub.note.large": (
        "内容太长了，没有读取。本页不接收文件。",
        "That was too long and was not read. Files are not taken here.",
    ),
    "pub.note.lost": ("没有这个页面。", "There is no such page."),
}

_FIELD = {
    "field.name": ("现场", "Field work"),
    "field.nav": ("现场（手机）", "Field (phone)"),
    "field.nobody": ("凭条与核查，断网也能用", "Slips and surveys, also offline"),
    "field.desk": ("工作台", "The desk"),
    "field.online": ("已联网", "Online"),
    "field.offline": (
        "没有网络：先存在手机上，联网后自动发送",
        "No network: kept on this phone, and sent when there is one",
    ),
    "field.sign-in": ("请重新登录；存在手机上的内容不会丢", "Please sign in again; nothing on this phone is lost"),
    "field.insecure": (
        "此地址不是 https，断网时不能使用。",
        "This address is not https, so the page does not work offline.",
    ),
    "field.script": ("此页需要浏览器脚本。", "This page needs scripts."),
    "field.waiting": ("等待发送", "Waiting to be sent"),
    "field.none": ("没有等待发送的内容", "Nothing waits"),
    "field.send": ("现在发送", "Send now"),
    "field.kept": ("存于", "Kept"),
    "field.sent": ("已发送，手机上已清除", "Sent, and removed from this phone"),
    "field.refused": ("未被接受：", "Not taken:"),
    "field.other": ("由他人填写，等其登录后发送：", "Written by somebody else, sent when they sign in:"),
    "field.drop": ("删除", "Remove"),
    "field.sure": ("删除后无法恢复，确定吗？", "It cannot be brought back. Remove it?"),
    "field.full": ("手机存储已满，没有存下：", "This phone is full, it was not kept:"),
    "field.planned": ("现场情况", "What was found"),
    "field.unplanned": ("新的核查（未列入计划）", "Another one, not planned"),
    "field.filled": ("已填写", "filled in"),
    "field.slip-what": ("终端打印的“冲正失败”凭条", "The terminal printed that a reversal failed"),
    "field.survey-what": ("到店查看、询问、拍照", "Look, ask and take photos at the shop"),
    "field.merchant": ("商户号", "Shop number"),
    "field.terminal": ("终端号", "Terminal"),
    "field.batch": ("批次号", "Batch"),
    "field.trace": ("凭证号", "Trace"),
    "field.code": ("应答码", "Answer code"),
    "field.rrn": ("参考号", "Reference (RRN)"),
    "field.printed": ("打印时间", "Printed at"),
    "field.slip-photo": ("凭条照片", "Photo of the slip"),
    "field.photos": ("照片", "Photos"),
    "field.photo-hint": (
        "照片只在手机上计算摘要，发送的是摘要；原图请保存在手机相册。卡号请遮住。",
        "Only the hash of a photo is sent; keep the picture itself on the phone. Cover card numbers.",
    ),
    "field.only": ("已发送；照片原图只在此手机上，请保存", "Sent. The picture itself is only on this phone: save it."),
    "field.gone": ("已不在清单中", "not in the list any more"),
    "field.save-photo": ("保存原图", "Save"),
    "field.which": ("哪一次核查", "Which survey"),
    "field.site": ("地点", "Place"),
    "field.present": ("在场人", "Who was there"),
    "field.goods": ("商品是否已交付", "Were the goods handed over"),
    "field.result": ("结论", "Result"),
    "field.result-hint": ("填了结论，这次核查就结束。", "With a result the survey is over."),
    "field.keep": ("保存", "Keep"),
    "field.private": (
        "内容发送成功后即从手机清除；照片原图保留到您保存或删除为止。",
        "What has been sent is removed from this phone at once; a picture stays until you save or remove it.",
    ),
}
_OUTSIDE = {
    "outside.link": ("给持卡人的查询码", "Code for the cardholder"),
    "outside.link-lead": (
        "印在签购单或信函上，持卡人扫码即可查看钱在哪里。",
        "Print it on a slip or a letter: whoever paid scans it and sees where the money is.",
    ),
    "outside.picture": ("查询页面的二维码", "Code that leads to the public page"),
    "outside.link-care": (
        "持有此码的人只能看到这笔钱的去向，看不到姓名和完整卡号。请只交给持卡人。",
        "Whoever has it sees where the money is, no name and no whole card number. Give it to the cardholder alone.",
    ),
    "outside.link-none": (
        "还没有对外的查询页面：console.toml 的 [public] 里填写 address 后，这里会显示二维码。",
        "There is no public page yet: once [public] in console.toml names its address, the code stands here.",
    ),
    "outside.contact": ("投诉人联系方式", "Where the complaint is answered to"),
    "outside.contact-none": ("没有留下联系方式。", "Nobody left a telephone number or an address."),
    "outside.sealed": ("已封存，点击查看（查看会被记录）", "Sealed; look (it is put on record)"),
    "outside.contact-noted": (
        "只用于答复这件投诉。查看已记录。",
        "For the answer to this complaint alone. That you looked is on record.",
    ),
}

PUBLIC: Mapping[str, tuple[str, str]] = MappingProxyType(
    {**_FRAME, **_FORM, **_ANSWER, **_COMPLAINT, **_NOTES, **_FIELD, **_OUTSIDE}
)
