"""How is what the engine refuses said to people? Its one line, in their language, with yuan and times of day.

The engine says why in English, for logs and clients. Here is each of its sentences with a Chinese one; a line that is
not here is shown as it came.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

REFUSED: Mapping[str, tuple[str, str]] = MappingProxyType({
    "{} cannot be said of a {} that is {}; possible now: {}": (
        "“{0#}”不适用于状态为“{2#}”的{1%}；现在可以：{3#}", "{0#} does not fit: it is {2#}; possible now: {3#}",
    ),
    "{} takes a person: {}": ("“{0#}”须由人作出：{1#}", ""),
    "{} of a {} is said by: {}": ("{1%}的“{0#}”由以下岗位作出：{2#}", ""),
    "{} said {} of it; {} takes another person": ("{0} 已作出“{1#}”；“{2#}”须由另一人作出", ""),
    "it is not what you were shown any more; look again": ("内容已变化，请重新查看", ""),
    "{}: is missing ({})": ("{0&}：必填", ""),
    "{}: nobody asks for it here; there is {}": ("{0&}：此处不需要；可填：{1&}", ""),
    "{}: holds what could be a card number: mask it": ("{0&}：可能含有完整卡号，请遮蔽", ""),
    "{}: is one of {}": ("{0&}：须为以下之一：{1#}", ""),
    "{} is this slip, and it was dropped; ask the desk": ("此凭条为 {0}，已撤下；请联系后台", ""),
    "{} is this slip, and it is over; not taken from this phone: {}": (
        "此凭条为 {0}，已处理完毕；手机上另有的未收录：{1&}",
        "{0} is this slip, and it is over; not taken from this phone: {1&}",
    ),
    "somebody else wrote it": ("由他人填写，须由其本人登录发送", ""),
    "is not JSON": ("内容无法识别", ""),
    "is no entry of a phone": ("不是手机填写的内容", ""),
    "is slip or survey": ("须为凭条或核查", ""),
    "is no survey": ("不是核查编号", ""),
    "are at most {}": ("最多 {0} 项", ""),
    "is an object": ("内容无法识别", ""),
    "is text": ("须为文字", ""),
    "has characters that cannot be shown": ("含有无法显示的字符", ""),
    "holds what could be a card number: mask it": ("可能含有完整卡号，请遮蔽", ""),
    "is a whole number": ("须为整数", ""),
    "is true or false": ("须为是或否", ""),
    "is a day, yyyymmdd": ("须为日期", ""),
    "is a SHA-256 in 64 hex digits": ("须为 64 位十六进制的 SHA-256", ""),
    "is a list of 1 to {} texts": ("须为 1 至 {0} 条文字", ""),
    "is an object of at most {} names": ("最多 {0} 项内容", ""),
    "is a list of at most {} objects": ("最多 {0} 项内容", ""),
    "is missing ({})": ("必填", ""),
    "nobody asks for it here; there is {}": ("此处不需要；可填：{0&}", ""),
    "there is no matter of this number": ("没有这个事项", ""),
    "somebody else was quicker": ("他人已先一步处理", ""),
    "{} does not work here": ("{0} 不在岗", ""),
    "there is no such payment": ("没有这笔交易", ""),
    "payment: a refund is of a payment; name it": ("退款须指明交易", ""),
    "fen: {} were paid, no more goes back": (
        "原交易为 {0¥} 元，退款不得超过", "{0¥} yuan were paid, no more goes back",
    ),
    "{} reported the case; the refund takes another person": ("{0} 是本案的报告人；退款须由另一人复核", ""),
    "the proposal lapsed; nobody decided in time": ("申请已失效：未在期限内作出决定", ""),
    "it is {} now, not {}; say Reweighed, and look again": (
        "现适用规则 {0}，不再是 {1}；请先“重新判断”再查看",
        "rule {0} applies now, not {1}: weigh it anew, then look again",
    ),
    "it is {} now, not {}; say Reweighed": ("现适用规则 {0}，不再是 {1}；请先“重新判断”", ""),
    "it is held already": ("已经冻结", ""),
    "the money lies in suspense; the shop does not have it": ("款项在挂账中，不在商户处", ""),
    "{}: nothing is given back ({})": ("规则 {0}：不予退款（{1}）", ""),
    "{} fen of it lie neither in suspense nor with the shop nor for the cardholder": (
        "账上没有可退的 {0¥} 元：不在挂账、商户或持卡人名下",
        "{0¥} yuan of it lie neither in suspense nor with the shop nor for the cardholder",
    ),
    "{}: the shop's money is not held; say Held first": ("规则 {0}：须先冻结商户款项", ""),
    "{}: a file or a reply is waited for until {}": (
        "规则 {0}：须等待清算文件或答复至 {1@}", "{0}: a file or a reply is waited for until {1@}",
    ),
    "{}: the customer has another advance open, {}": ("规则 {0}：该客户另有未结垫付 {1}", ""),
    "{}: the customer had one out of hardship already, {}": ("规则 {0}：该客户已按困难客户退过一笔 {1}", ""),
    "{}: the day's limit of this {} is {} fen, {} are given": (
        "规则 {0}：日限额为 {2¥} 元，今日已用 {3¥} 元",
        "{0}: the day's limit of this {1} is {2¥} yuan, {3¥} are given",
    ),
    "{} were paid": ("已付 {0¥} 元", ""),
    "it is posted already": ("已入账", ""),
    "it is posted; it cannot be stopped any more": ("已入账，无法停止", ""),
    "it is not posted yet; say Posted first": ("尚未入账，请先登记入账", ""),
    "a file has shown it already": ("清算文件已显示", ""),
    "an advance leaves from our own account; no file shows it": ("垫付由自有账户支出，清算文件不会显示", ""),
    "only {} fen are outstanding": ("尚欠仅 {0¥} 元", "only {0¥} yuan are outstanding"),
    "that the money went twice is not shown in the books yet: wait for the posting or the file": (
        "账上尚未显示重复入账：请等待入账或清算文件", "",
    ),
    "its refund is proposed already ({})": ("该交易的退款已有人提出（{0}）", ""),
    "that number was used for another give-back ({})": ("该凭据号已用于另一笔退款（{0}）", ""),
    "this customer has one for this incident already ({})": ("该客户在此事件中已有补偿（{0}）", ""),
    "it is being repeated already ({})": ("已在重新收款（{0}）", ""),
    "{} is still under way at the engine (owes {}); stop it first": ("引擎仍在处理该交易；请先停止冲正", ""),
    "{} is being given back already, by {}": ("该交易已由 {1} 退回", ""),
    "a {} of {} may still take effect; it must be stopped, or proven without effect": (
        "该交易的冲正仍可能生效；须先停止，或证明未生效", "",
    ),
    "{} of what belongs to it are not ended: refunds, tasks, inquiries …": ("尚有 {0} 件下级事项未结", ""),
    "a difference about its payment is not resolved": ("该交易的对账差错尚未处理", ""),
    "money of its payment lies in suspense; say where it goes first": ("该交易尚有挂账；请先确定归属", ""),
    "only {} fen lie on {} for {}, not {}": (
        "科目“{1}”上只有 {0¥} 元，不足 {3¥} 元", "only {0¥} yuan lie on {1} for {2}, not {3¥}",
    ),
    "payment: a compensation is for a case of a payment; open that first": ("补偿须先有该交易的案件", ""),
    "nothing is due: the money was back in time": ("款项已及时退回，无须补偿", ""),
    "a supervisor approves that: {}": ("须由主管复核：{0}", ""),
    "{} fen of the payment are owed and no refund is under way: give those back first": (
        "该交易尚欠 {0¥} 元且无退款在途：请先退款",
        "{0¥} yuan of the payment are owed and no refund is under way: give those back first",
    ),
    "the budget of {} has {} fen left, it takes {}": (
        "{0} 月预算剩余 {1¥} 元，不足 {2¥} 元", "the budget of {0} has {1¥} yuan left, it takes {2¥}",
    ),
    "until: is a day that is not over": ("有效期须为未过的日期", ""),
    "alone: up to {} fen, this is {}; it takes a second person": (
        "应急单人批准上限为 {0¥} 元，本笔 {1¥} 元；须由第二人复核",
        "alone: up to {0¥} yuan, this is {1¥}; it takes a second person",
    ),
    "alone: {} a person and day; {} had {}": ("应急单人批准每人每日 {0} 次；{1} 已用：{2}", ""),
    "{} decided it alone; the review takes another person": ("{0} 单人批准了它；事后复核须由另一人作出", ""),
    "ask: there is {}": ("询问：可选：{0}", ""),
    "every open question was asked": ("所有待查问题都已提出", ""),
    "source: there is {}": ("来源：可选：{0}", ""),
    "it belongs to {} already": ("已归入 {0}", ""),
    "no reason to stop a clock; there is {}": ("暂停缘由不在登记簿中；可选：{0}", ""),
    "it waits for {} already": ("已在等待：{0}", ""),
    "it waits for nobody": ("没有在等待", ""),
    "no clock of the law runs on it": ("没有在走的法定时限", ""),
    "day: is a day that is not over": ("日期须为未过的日期", ""),
    "no: there is no open promise {}": ("没有第 {0} 号未兑现的承诺", ""),
    "action: there is {}": ("决定：可选：{0}", ""),
    "the verdict has changed; confirm again": ("结论已变化，请重新确认", ""),
    "action: {} is for {}; it is {}": ("决定“{0}”适用于：{1#}；当前为：{2#}", ""),
    "action: the sale stands and the goods were delivered; nothing is given back": ("交易成立且货已交付，不予退款", ""),
    "action: nothing goes back for good yet ({}): {}": ("尚不能终局退款（{0}）：{1}", ""),
    "it cannot be closed: {}": ("还不能结案：{0}", ""),
    "it is with {} already": ("已在 {0}", ""),
    "nobody handed it over: it was opened for this department; drop it with a reason": (
        "并非他人移交：它就是为本部门开立的；请写明原因撤下", "",
    ),
    "its window lies ahead, and ends after it begins": ("窗口须在将来，且结束晚于开始", ""),
    "its window is {} to {} (epoch ms); plan another one": (
        "窗口为 {0@} 至 {1@}；请重新计划", "its window is {0@} to {1@}; plan another one",
    ),
    "its failure rate before and after was not counted; it cannot end without": ("尚未统计前后失败率，不能结束", ""),
    "more reversals fail since; roll it back": ("变更后失败更多，请回退", ""),
    "it has the days of {} already": ("已适用 {0} 的期限", ""),
    "correction: is missing; a complaint that is right changes something": ("更正：必填；投诉成立须有改变", ""),
    "the complaint is about {}; somebody else handles it": ("投诉涉及 {0}；须由他人处理", ""),
    "say first that they were reached: Tried, outcome reachable": ("请先登记已联系上", ""),
    "first ask scheme or wallet to cancel it": ("请先请卡组织或钱包撤销", ""),
    "not before {}, as the customer was told": ("不得早于 {0}：已如此告知客户", ""),
    "nothing is debited without the customer's authority; say AuthorityGiven first": ("未经客户授权不得扣款", ""),
    "first try to stop it: it was not posted when this was opened": ("请先尝试停止：开立时尚未入账", ""),
    "it is not small: a supervisor writes it off": ("金额不小，须由主管核销", ""),
    "{} is taken by: {}": ("步骤“{0}”由以下岗位执行：{1#}", ""),
    "{} took {}; {} takes another person": ("{0} 已执行“{1}”；“{2}”须由另一人执行", ""),
    "{} cannot be left out": ("步骤“{0}”不可跳过", ""),
    "payment: the sale that is repeated is missing": ("须指明要重新收款的交易", ""),
    "trace: a new sale has a new number": ("新交易须用新流水号", ""),
    "there is one already: {}": ("已有一件：{0}", ""),
    "alone: {} still takes {}": ("单人批准：规则 {0} 仍要求：{1}", ""),
    "{} proposed or reported it; the review takes another person": ("{0} 是提出人或报告人；须由另一人复核", ""),
    "what it opens is there already, as {}": ("其后续事项已由 {0} 占用", ""),
    # The desk of differences, vouchers, people and registers
    "whoever proposed it cannot approve it; that takes a second person": ("申请人不能自行复核，须由另一人复核", ""),
    "the second person is the first; that takes another one": ("复核人与经办人为同一人，须由另一人复核", ""),
    "that takes a second person": ("须由第二人复核", ""),
    "{} may not {}; that takes one of: {}": ("{0} 无此权限；须由以下岗位之一办理：{2#}", ""),
    "nothing is proposed: it is {}": ("没有待复核的申请：现为“{0#}”", ""),
    "the proposal is too old; it must be proposed again": ("申请已过期，须重新提出", ""),
    "it is {} already, by {}": ("{1} 已处理：现为“{0#}”", ""),
    "it is {} already": ("已处理：现为“{0#}”", ""),
    "there is no break of this number": ("没有这个编号的差错", ""),
    "there is no open case of this number": ("没有这个编号的未结案件", ""),
    "{} fen lie in suspense for it: say where they go": (
        "有 {0¥} 元在挂账中：请指明去向", "{0¥} yuan lie in suspense for it: say where they go",
    ),
    "{} fen of its payment lie in suspense; resolve that first": (
        "该交易有 {0¥} 元在挂账中，请先处理", "{0¥} yuan of its payment lie in suspense; resolve that first",
    ),
    "only {} fen lie on {} for it": ("该科目（{1}）为此仅有 {0¥} 元", "only {0¥} yuan lie on {1} for it"),
    "{}-{} is about this money, and books it itself": ("{0}-{1} 正在处理这笔款项，并由其自行记账", ""),
    "is booked by what finds it, not by hand": ("由系统自动记账，不能手工登记", ""),
    "is above zero, and has at most twelve digits": ("须大于零，且不超过十二位", ""),
    "is about a payment or about a break, not both": ("只能针对一笔交易或一笔差错，不能同时", ""),
    "is about a payment, or a break; name it": ("须指明交易或差错", ""),
    "name 1 to {} pieces": ("须有 1 至 {0} 项", ""),
    "is {} to {} visible characters": ("须为 {0} 至 {1} 个可见字符", ""),
    "a batch has a reference, so that it can be handed in again": ("批量须有参考号，以便重复提交", ""),
    "has at most {} characters": ("最多 {0} 个字符", ""),
    "a batch has at most {} rows": ("一批最多 {0} 行", ""),
    "it is not as it was shown any more; look at it again": ("内容已变化，请重新查看", ""),
    "there is a person of this id already": ("该用户编号已存在", ""),
    "is the last administrator; make another one first": ("这是最后一名管理员，请先设立另一名", ""),
    "there is no person of this id": ("没有这个用户编号", ""),
    "{}; roles are {}": ("没有这样的岗位；可选岗位：{1#}", ""),
    "an id is 2 to 32 of a-z 0-9 . _ -, and begins with a letter or digit": (
        "须为 2 至 32 位小写字母、数字及 . _ -，且以字母或数字开头", "",
    ),
    "a name is 1 to {} visible characters": ("须为 1 至 {0} 个可见字符", ""),
    "name one or more of {}": ("须至少选择其一：{0#}", ""),
    "has {} to {} characters": ("须为 {0} 至 {1} 个字符", ""),
    "is too easy to guess: it holds the id, or a few characters again and again": (
        "过于简单：含有用户编号，或只有少数几个字符", "",
    ),
    "too many wrong passwords; wait {} seconds, or ask an administrator for a new one": (
        "密码错误次数过多；请等待 {0} 秒，或请管理员重设", "",
    ),
    "there is an administrator; only administrators change the register": ("已有管理员；只有管理员可以修改", ""),
    "no such row waits for approval": ("没有这样的待复核条目", ""),
    "its day is over; propose it for a day to come": ("生效日已过，请改为将来的日期重新提出", ""),
    "there is no such register; there are {}": ("没有这个参数表", ""),
    "begins on a day, yyyymmdd, that is not over": ("生效日须为尚未过去的日期", ""),
    "has at most {} bytes": ("最多 {0} 字节", ""),
    "is one of {}": ("须为以下之一：{0#}", ""),
    "is no day; write it as yyyymmdd": ("不是日期；请写为 年月日 八位数字", ""),
})  # fmt: skip
"""The engine's sentence -> (zh, en; "" as it is). Blanks by their place: {0}, with ¥ fen as yuan, @ an instant,
# words of the engine (facts, states, roles), % a kind of matter, & names of fields."""

PLACES: Mapping[str, str] = MappingProxyType({
    "reason": "理由", "evidence": "凭证", "password": "密码", "actor id": "用户编号", "actor name": "姓名",
    "roles": "岗位", "amount": "金额",
    "key": "编号", "kind": "类别", "matter": "事项", "photos": "照片", "words": "内容",
    "reference": "参考号", "resolution": "处理方式", "state": "状态", "name": "名称", "date": "日期",
    "account": "科目", "code": "编码", "age": "账龄",
})  # fmt: skip
"""Where the door says that something is wrong -> zh; a place that is a number or a name stays as it is."""

BLANK = re.compile(r"\{\}")
PLACE = re.compile(r"\{(\d)([¥@#%&]?)\}")


def _pattern(sentence: str) -> re.Pattern[str]:
    return re.compile("(.+?)".join(map(re.escape, BLANK.split(sentence))), re.DOTALL)


PATTERNS = tuple((_pattern(sentence), pair) for sentence, pair in REFUSED.items())
