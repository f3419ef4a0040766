"""What does an answer code (F39) mean, and may the money have moved all the same?"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Code:
    """An answer code: wording zh and en, class, and whether the original may have been executed although not approved.

    `cls`: approve, confirm (done, receiving bank to be asked), decline, capture, call, correct, sign-in, wait, n/a.
    """

    zh: str
    en: str
    cls: str
    ambiguous: bool = False


UNKNOWN = Code("未知应答码", "unknown answer code", "wait", True)

# Sources: UnionPay appendix volume 2014/2015 for the codes, our own wording; "ambiguous" is our judgement.
_ROWS: tuple[tuple[str, str, str, str], ...] = (
    ("00", "交易成功", "approved", "approve"),
    ("01", "请联系发卡行", "refer to the issuer", "call"),
    ("02", "请联系发卡行(特殊条件)", "refer to the issuer, special condition", "call"),
    ("03", "无效商户", "merchant not valid", "decline"),
    ("04", "没收卡", "keep the card", "capture"),
    ("05", "不予承兑或身份认证失败", "not honoured or identity not verified", "decline"),
    ("06", "出错", "error", "wait?"),
    ("07", "特殊条件下没收卡", "keep the card, special condition", "capture"),
    ("09", "请求正在处理中", "request in progress", "wait?"),
    ("10", "部分金额批准", "approved for a part of the amount", "approve"),
    ("11", "批准(重要人物)", "approved, VIP", "approve"),
    ("12", "无效交易或无效关联交易", "transaction or related transaction not valid", "decline"),
    ("13", "无效金额", "amount not valid", "correct"),
    ("14", "无效卡号", "card number not valid", "decline"),
    ("15", "无此发卡行", "no such issuer", "decline"),
    ("16", "批准并更新第三磁道", "approved, update track 3", "approve"),
    ("17", "客户撤销", "cancelled by the customer", "decline"),
    ("19", "请重新送入交易", "enter the transaction again", "decline"),
    ("20", "无效应答", "response not valid", "wait?"),
    ("21", "不做任何处理或卡未初始化", "no action taken or card not activated", "decline"),
    ("22", "操作有误或关联交易错误", "suspected malfunction or wrong relation", "sign-in"),
    ("23", "不可接受的交易费", "fee not acceptable", "decline"),
    ("25", "未找到原始交易", "original transaction not found", "decline"),
    ("30", "报文格式错误", "message format wrong", "decline"),
    ("31", "银行不受支持", "bank not supported", "decline"),
    ("33", "过期卡,没收", "card expired, keep it", "capture"),
    ("34", "有作弊嫌疑,没收", "fraud suspected, keep the card", "capture"),
    ("35", "受卡方与安全保密部门联系", "contact security, keep the card", "capture"),
    ("36", "受限制的卡,没收", "card restricted, keep it", "capture"),
    ("37", "受卡方呼受理方安全部门", "call the acquirer's security, keep the card", "capture"),
    ("38", "密码次数超限,没收", "PIN tries exceeded, keep the card", "capture"),
    ("39", "无此信用账户", "no credit account", "decline"),
    ("40", "功能尚不支持", "function not supported", "decline"),
    ("41", "挂失卡", "card reported lost", "capture"),
    ("42", "无此账户", "no such account", "correct"),
    ("43", "被窃卡", "card reported stolen", "capture"),
    ("44", "无此投资账户", "no investment account", "decline"),
    ("45", "不允许降级交易", "fallback to magnetic stripe not allowed", "decline"),
    ("51", "余额不足", "not enough funds", "decline"),
    ("52", "无此支票账户", "no cheque account", "decline"),
    ("53", "无此储蓄账户", "no savings account", "decline"),
    ("54", "过期卡", "card expired", "decline"),
    ("55", "密码错误", "PIN wrong", "decline"),
    ("56", "无此卡记录", "no record of this card", "decline"),
    ("57", "不允许持卡人进行的交易", "not permitted to the cardholder", "decline"),
    ("58", "不允许终端进行的交易", "not permitted to the terminal", "decline"),
    ("59", "有作弊嫌疑或CVN校验失败", "fraud suspected or card verification failed", "decline"),
    ("60", "受卡方与安全部门联系", "contact security", "call"),
    ("61", "超出金额限制", "amount limit exceeded", "decline"),
    ("62", "受限制的卡", "card restricted", "decline"),
    ("63", "违反安全规定", "security violation", "decline"),
    ("64", "原始金额不符", "amount differs from the original", "decline"),
    ("65", "超出次数限制", "count limit exceeded", "decline"),
    ("66", "请联系受理方安全部门", "contact the acquirer's security", "call"),
    ("67", "没收卡", "keep the card", "capture"),
    ("68", "发卡行响应超时", "answer came too late", "wait?"),
    ("75", "密码次数超限", "PIN tries exceeded", "decline"),
    ("77", "请重新签到(批次不符)", "sign in again, batch differs", "sign-in"),
    ("79", "脱机对账不平", "offline totals do not balance", "correct"),
    ("90", "日期切换正在处理", "day cut-over in progress", "wait"),
    ("91", "发卡行不能操作", "issuer inoperative or slow", "wait?"),
    ("92", "网络或机构无法到达", "institution cannot be reached", "decline?"),
    ("93", "交易违法", "against the law", "decline"),
    ("94", "重复交易", "duplicate transaction", "wait?"),
    ("95", "调节控制错", "reconciliation wrong", "decline"),
    ("96", "系统异常", "system malfunction", "wait?"),
    ("97", "终端未登记", "terminal not known", "call"),
    ("98", "收不到发卡行应答", "no answer from the issuer", "wait?"),
    ("99", "PIN格式错", "PIN block wrong", "sign-in"),
    ("A0", "MAC校验错", "MAC wrong at the host, request refused", "sign-in"),
    ("A1", "货币不一致", "currency differs", "decline"),
    ("A2", "有缺陷的成功", "done with a defect, confirm", "confirm"),
    ("A3", "资金到账行无此账户", "receiving bank has no such account", "decline"),
    ("A4", "有缺陷的成功", "done with a defect, confirm", "confirm"),
    ("A5", "有缺陷的成功", "done with a defect, confirm", "confirm"),
    ("A6", "有缺陷的成功", "done with a defect, confirm", "confirm"),
    ("A7", "安全处理失败", "security processing failed", "wait?"),
    ("A8", "转账信息缺失", "transfer information missing", "decline"),
    ("B1", "无欠费", "nothing owed", "decline"),
    ("C1", "受理方状态非法", "acquirer not signed in", "sign-in"),
    ("N1", "存折账户", "passbook account", "decline"),
    ("P1", "未登记手机号", "no phone on file", "decline"),
    ("Y1", "脱机成功", "approved offline", "approve"),
    ("Y3", "脱机成功(不能联机)", "approved offline, could not go online", "approve"),
    ("Z1", "脱机失败", "declined offline", "decline"),
    ("Z3", "脱机失败(不能联机)", "declined offline, could not go online", "decline"),
)
_FILE_CODES = tuple(f"D{c}" for c in "123456789ABC") + tuple(f"F{c}" for c in "12345")

RESPONSE_CODES: dict[str, Code] = {
    code: Code(zh, en, cls.rstrip("?"), cls.endswith("?")) for code, zh, en, cls in _ROWS
} | {code: Code("文件或记录处理码", "file or record code, not an online answer", "n/a", True) for code in _FILE_CODES}


def meaning(code: str) -> Code:
    """What `code` (two characters of F39) means; one that is not in the table is unknown, and so ambiguous."""
    return RESPONSE_CODES.get(code, UNKNOWN)
