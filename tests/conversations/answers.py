"""What is said to somebody who did something odd? Word for word, as they read it."""

NO_WORDS = "没看到文字，请用一句话说说。"
UNKNOWN = "这个我看不懂。有什么事，直接发一句话或拍张照就行。"
NO_COMMAND = "没有这个命令。有什么事，直接发一句话就行。"
NO_CONTACT = "这不是您自己的号码，我没有保存。有什么事，直接发一句话就行。"
OWN_CONTACT = "尾号0003记下了，锁着放。只有消息发不到您这里、又有事要问您时，值班的人才打。不想留了，发「删掉电话」。"
NO_PLACE = "位置收到了。再说一句是什么事，我就转给该管的人。"
KEPT = "收到了。再说一句是什么事、在哪里，我就转给该管的人。"
TOO_BIG = "这个文件太大，我收不到（最多20兆）。请用一句话说说，什么事、在哪里。"
PICTURE = "图收到了。再说一句是什么事、在哪里，我就转给该管的人。"
VOICE = "语音收到了，我还听不懂话。请再打一句字：什么事、在哪里；紧急请直接打110、119、120。"
TOO_LATE_TO_EDIT = "已经提交的内容不会跟着改。要补充，请再发一句。"
BAD_LINK = "这个链接用不了：可能已经用过、过期或不完整。请再扫一次码，或找社区要新的。"
USED_CARD = "这张卡片已经用过了。要说新的事，直接发一句话就行。"
OLDER_CARD = "您后来又说了几句，请看最下面那张卡片。"
NOT_YOURS = "这个按钮现在用不了。"
CARD = "您说的是这件事吗？"
RECEIPT = "收到了，编号"
SILENCE = None

HOSTILE_HTML = '</b><a href="tg://user?id=1">电梯</a> 停了 < &#0; _*[`'
"""What somebody types who wants to see what breaks (S17)."""
