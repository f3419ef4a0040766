"""What do the accounts of a demonstration, the help and the guided tour say? (zh, en) by key."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

HELP: Mapping[str, tuple[str, str]] = MappingProxyType({
    "demo.title": ("演示账号", "Demo accounts"),
    "demo.password": ("所有账号的密码都是", "Everybody's password is"),
    "demo.hint": (
        "选一个账号，再输入密码。这里的银行、终端和款项都是模拟的。",
        "Choose one and type the password. The bank, the terminals and the money here are simulated.",
    ),
    "help.here": ("本页对应的要求", "What this page serves"),
    "help.none": (
        "本页不直接对应任何一条要求，只为登录、导航或设置而设。",
        "This page serves no row of the requirements by itself: it is for signing in, finding the way or settings.",
    ),
    "help.everywhere": ("每个页面对应的要求", "What each page serves"),
    "help.page": ("页面", "Page"),
    "help.rows": ("条目", "Rows"),
    "help.kind": ("“{kind}”事项页", "Page of a matter: {kind}"),
    "help.no.rows": ("无", "none"),
    "page.queue": ("队列", "A queue"),
    "page.area": ("五个环节之一", "One of the five areas"),
    "page.search": ("搜索", "Search"),
    "page.export": ("导出一个列表", "Export of a list"),
    "page.matter-report": ("案件审计报告（PDF）", "Audit report of a case (PDF)"),
    "page.bulk": ("批量操作", "Many at once"),
    "page.field": ("现场页", "The field page"),
    "page.payment": ("一笔交易", "A payment"),
    "page.payment-link": ("给持卡人的链接", "The link for a cardholder"),
    "page.contact": ("投诉人的联系方式", "A complainant's contact"),
    "page.people": ("人员", "People"),
    "page.person": ("一个人员", "A person"),
    "page.register-export": ("导出登记簿", "Export of a register"),
    "page.register-import": ("导入登记簿", "Import of a register"),
    "page.payment-print": ("一笔交易，打印版", "A payment, to be printed"),
    "page.retrieval": ("调单材料", "The pack for a retrieval"),
    "page.live": ("实时", "Live"),
    "page.live-figures": ("实时数字", "Live figures"),
    "page.money": ("资金", "Money"),
    "page.suspense": ("挂账", "Suspense"),
    "page.breaks": ("对账差错", "Differences in clearing"),
    "page.break": ("一笔差错", "One difference"),
    "page.clearing-files": ("清算文件", "Clearing files"),
    "page.clearing-file": ("一个清算文件", "A clearing file"),
    "page.statements": ("银行对账单", "Bank statements"),
    "page.statement": ("一份对账单", "A bank statement"),
    "page.ledger": ("科目", "Accounts"),
    "page.account": ("一个科目", "An account"),
    "page.days": ("日终", "Days"),
    "page.day": ("一个业务日", "A business day"),
    "page.day-trial": ("试算平衡", "Trial balance"),
    "page.day-export": ("分录导出", "Export of postings"),
    "page.fees": ("手续费核对", "Fees and their checks"),
    "page.fees-file": ("一个文件的手续费", "Fees of one file"),
    "page.hopping": ("跳码提示", "Hopping alerts"),
    "page.registers": ("登记簿", "Registers"),
    "page.register": ("一本登记簿", "A register"),
    "page.propose": ("提出一行", "Proposing a row"),
    "help.tour": ("开始导览", "Take the tour"),
    "help.tour.what": ("七步走完一天的工作，可只用键盘。", "A day's work in seven steps, by keyboard if you like."),
    "tour.title": ("导览", "Tour"),
    "tour.step": ("第 {n} 步，共 {of} 步", "Step {n} of {of}"),
    "tour.next": ("下一步", "Next"),
    "tour.back": ("上一步", "Back"),
    "tour.end": ("结束", "End"),
    "tour.keys": ("→ 下一步，← 上一步，Esc 结束", "→ next, ← back, Esc ends"),
    "tour.head.my": ("从自己的队列开始", "Begin with your own queue"),
    "tour.my": (
        "最急的在最上面。j、k 移动，Enter 打开。时钟旁的颜色说明还剩多少时间。",
        "The most urgent stands on top. j and k move, Enter opens. The colour beside a clock says how much"
        " time is left.",
    ),
    "tour.head.all": ("谁都还没接的也在这里", "What nobody has taken yet is here too"),
    "tour.all": (
        "用筛选缩小范围，给常用的筛选起个名字存下来；它写在地址里，可以直接发给同事。",
        "Narrow it down with filters and keep one under a name; it stands in the address, so it can be sent"
        " to a colleague.",
    ),
    "tour.head.case": ("一个案件，一页看全", "One case, one page"),
    "tour.case": (
        "先看结论和它的证据等级，再看钱在哪里、下一个时限。按 a 打开可以做的第一件事，r 认领，n 记一笔。",
        "First the verdict and how well it is proven, then where the money is and the next clock. a opens"
        " the first action, r takes it, n notes something.",
    ),
    "tour.head.approvals": ("动钱要第二个人", "Money takes a second person"),
    "tour.approvals": (
        "提出的人不能复核。复核人先看另一组事实，并且只对眼前所见的内容签字；页面旧了，点击就不起作用。",
        "Whoever proposed cannot approve. The second person sees other facts first and signs what is shown;"
        " a click on a stale page does nothing.",
    ),
    "tour.head.live": ("此刻", "Right now"),
    "tour.live": (
        "交易、通道、排队和存疑款项不用刷新就会变。先看存疑的钱是在变多还是变少。",
        "Traffic, links, queues and money in doubt move by themselves. Look first whether the money in doubt"
        " grows or shrinks.",
    ),
    "tour.head.money": ("每一分钱都有去处", "Every fen has a place"),
    "tour.money": (
        "存疑、垫付、挂账按账龄排列；当日试算不为零就是一个案件。",
        "What is in doubt, advanced or in suspense, by age; a trial balance that is not nought is a case.",
    ),
    "tour.head.help": ("忘了就按 ?", "Forgotten? Press ?"),
    "tour.help": (
        "帮助列出所有按键，以及每个页面对应的要求条目。导览到此结束，祝工作顺利。",
        "The help lists every key and the rows of the requirements that each page serves. That was the tour;"
        " a good day's work to you.",
    ),
})  # fmt: skip
"""key -> (zh, en)."""
