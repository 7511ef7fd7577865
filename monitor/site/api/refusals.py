"""Every way in which the API says no: a code for programs, its status, words for people."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final, NamedTuple

from monitor.model import Text
from monitor.site.answers import Refused


class Refusal(NamedTuple):
    """What a code stands for; `words` may be said more exactly where it happens."""

    status: int
    words: Text


REFUSALS: Final = MappingProxyType(
    {
        "no_token": Refusal(
            401,
            Text(
                "缺少访问令牌，或令牌无效、已过期；浏览器的登录不能用来改动数据。",
                "The token is missing, wrong or expired; a browser's sign-in changes nothing here.",
            ),
        ),
        "not_found": Refusal(
            404,
            Text(
                "这里没有内容，或不在令牌的权限之内。",
                "There is nothing here, or nothing that the token may see.",
            ),
        ),
        "nothing_set_aside": Refusal(
            404,
            Text(
                "没有退回的行，或按保存期限已清除。",
                "No row was set aside, or they were removed when their time was over.",
            ),
        ),
        "not_checked": Refusal(
            409,
            Text(
                "校验尚未完成。请稍后再读取（可用 ?wait=30 等待）。",
                "The check has not ended. Ask again later (?wait=30 waits for it).",
            ),
        ),
        "wrong_state": Refusal(
            409,
            Text(
                "这份上传现在的状态不能这样处理。请重新读取它的状态。",
                "In its present state this cannot be done. Read the upload again.",
            ),
        ),
        "result_moved": Refusal(
            409,
            Text(
                "校验结果与您确认的不同，没有确认。请重新读取并核对，再用新的 fingerprint 确认。",
                "The result is not the one that you confirm, and nothing was done. Read it again, "
                "look at it, and confirm with the new fingerprint.",
            ),
        ),
        "key_taken": Refusal(
            409,
            Text(
                "这个 Idempotency-Key 已用于另一份内容。新的内容请用新的标记。",
                "This Idempotency-Key came with something else. Give new content a new key.",
            ),
        ),
        "too_slow": Refusal(
            408,
            Text(
                "内容没有按时传完，什么也没有保存。请检查网络后重传。",
                "The content did not arrive in time, and nothing was kept. Send it again.",
            ),
        ),
        "cut_off": Refusal(
            400,
            Text(
                "传输中断，什么也没有保存。请重传。",
                "The transfer broke off, and nothing was kept. Send it again.",
            ),
        ),
        "no_content": Refusal(
            400,
            Text(
                "没有收到文件内容。请把文件作为请求体，或作为 multipart 表单的一个文件传来。",
                "No file came. Send it as the body, or as the one file of a multipart form.",
            ),
        ),
        "wrong_form": Refusal(
            400,
            Text(
                "multipart 表单无法读取，或文件不止一个。一次请求传一个文件。",
                "The multipart form cannot be read, or has more than one file. Send one a request.",
            ),
        ),
        "not_json": Refusal(
            400,
            Text(
                "请求体不是 UTF-8 的 JSON 对象。请检查引号、括号是否成对。",
                "The body is no JSON object in UTF-8. Check its quotes and brackets.",
            ),
        ),
        "not_called_json": Refusal(
            415,
            Text(
                "请在请求头中写明 Content-Type: application/json。",
                "Send the header Content-Type: application/json.",
            ),
        ),
        "too_large": Refusal(
            413,
            Text(
                "内容超过允许的大小，没有接收。请拆分后分次报送，或联系管理员调整上限。",
                "The content is larger than allowed and was not taken. Split it, or ask the "
                "administrator for a higher limit.",
            ),
        ),
        "wrong_query": Refusal(
            422, Text("地址中有参数不对。", "A parameter of the address is wrong.")
        ),
        "wrong_fields": Refusal(422, Text("内容中有字段不对。", "A field of the body is wrong.")),
        "wrong_key": Refusal(
            422,
            Text(
                "Idempotency-Key 应为 1 到 200 个可见的 ASCII 字符。",
                "An Idempotency-Key is 1 to 200 visible ASCII characters.",
            ),
        ),
        "wrong_use": Refusal(422, Text("不能这样处理。", "This cannot be done.")),
        "too_many_waiting": Refusal(
            429,
            Text(
                "本单位等待校验的上传已达上限，这份没有保存。请稍后再传。",
                "As many uploads of this division wait as may; this one was not kept. Send it "
                "again later.",
            ),
        ),
        "busy": Refusal(
            503,
            Text(
                "同时上传的文件太多，这份没有保存。请过几秒再传。",
                "Too many files are coming in at once; this one was not kept. Send it again in a "
                "few seconds.",
            ),
        ),
        "no_room": Refusal(
            503,
            Text(
                "服务器磁盘空间不足，没有接收。请告知管理员。",
                "There is too little room on the disk, and nothing was taken. Tell the "
                "administrator.",
            ),
        ),
        "store_unavailable": Refusal(
            503,
            Text(
                "数据暂时不可用，没有改动。请稍后再试。",
                "The data cannot be had at the moment; nothing was changed. Try again later.",
            ),
        ),
    }
)
_RETRY_SECONDS: Final = MappingProxyType(
    {"too_many_waiting": 15, "busy": 5, "no_room": 300, "store_unavailable": 15, "not_checked": 2}
)


def refused(code: str, words: Text | None = None) -> Refused:
    """The refusal of a code, to be raised; `words` say more exactly what is wrong."""
    found = REFUSALS[code]
    headers = {"Retry-After": str(_RETRY_SECONDS[code])} if code in _RETRY_SECONDS else {}
    if code == "no_token":
        headers["WWW-Authenticate"] = "Bearer"
    if code in {"too_large", "too_slow", "busy", "no_room", "too_many_waiting"}:
        headers["Connection"] = "close"  # what is still coming is not read
    return Refused(found.status, code, words or found.words, headers)
