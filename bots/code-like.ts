/** Text that is plainly code. What only looks a little like it ("A && B", "I <love> pizza", "they drop table legs") is a prompt. */

const tags =
  'a|abbr|audio|b|base|blockquote|body|br|button|canvas|center|code|div|em|embed|font|form|h[1-6]|head|hr|html|i|iframe|img|input|li|link|marquee|meta|object|ol|option|p|pre|script|select|source|span|strong|style|sub|sup|svg|table|tbody|td|textarea|th|title|tr|u|ul|video'
const shell = 'bash|chmod|chown|curl|dd|id|ls|mkfs|nc|perl|python3?|rm|rmdir|sh|sudo|uname|wget|whoami|zsh'
/** Commands that are also words; they need something after them that no sentence has. */
const spoken = 'cat|echo|env|kill|ping|reboot|shutdown|sleep|touch'
const argument = '\\s+(?:-\\w|[/~$]|\\.{1,2}/|https?:)'

const signs: readonly RegExp[] = [
  // HTML
  new RegExp(`<(?:${tags})(?:\\s+[^<>]*=[^<>]*)?\\s*/?>|</(?:${tags})\\s*>`, 'i'),
  /<(?:script|img|iframe|svg|object|embed)\s[^<>]*=/i,
  // SQL
  /(?:['")]\s*;|;)\s*(?:drop|alter|truncate)\s+table\b/i,
  /\b(?:drop|alter|truncate)\s+table\s+(?:if\s+exists\s+)?\w+\s*;\s*(?:--|$)/i,
  /^\s*(?:DROP|TRUNCATE)\s+TABLE\s+\w+\s*$/,
  /['"]\s*\)?\s*(?:or|and)\s+(?:(\w+)\s*=\s*\1\s*(?:--|#|;|$)|'(\w*)'\s*=\s*'\2|"(\w*)"\s*=\s*"\3)/i,
  /\bselect\s+\*\s+from\s+\w/i,
  /\bselect\s.{1,200}\sfrom\s+\w+\s+where\s+\w+\s*[=<>]/i,
  /\bSELECT\s+[\w.,*\s]+\s+FROM\s+\w+\s*(?:WHERE\b|;)/,
  /\bUNION\s+(?:ALL\s+)?SELECT\b/,
  /\bunion\s+(?:all\s+)?select\s+(?:null\b|\*|\d|@@|\w+(?:\s*,\s*\w+)*\s+from\s)/i,
  /\binsert\s+into\s+\w+\s*(?:\([^)]*\)\s*)?values\s*\(/i,
  /\bdelete\s+from\s+\w+\s+where\s+\w+\s*=/i,
  /\bDELETE\s+FROM\s+\w/,
  // shell
  new RegExp(`\\$\\(\\s*(?:(?:${shell})\\b|(?:${spoken})${argument})[^)]*\\)`),
  new RegExp(`\`\\s*(?:(?:${shell})\\b|(?:${spoken})${argument})[^\`]*\``),
  new RegExp(`(?:&&|[;|])\\s*(?:sudo\\s+)?(?:${shell}|${spoken})${argument}`),
  /\brm\s+-[rRf]{1,3}\b/,
  /\|\s*(?:sudo\s+)?(?:ba|z)?sh\s*(?:$|[;&|])/,
  /\/etc\/(?:passwd|shadow|hosts)\b|\/proc\/(?:self|\d+)\/|(?:^|[\s=:'"])\/dev\/\w/,
  // ffmpeg
  /\b(?:drawtext|a?movie|subtitles|lavfi|sendcmd)=\w+=/i,
  /\ba?movie=[^\s=:]*[:./[]/i,
  /\btextfile=|-filter_complex\b|\s-vf\s+\w+=/i,
  /\[\d+:[vas](?::\d+)?\]/,
  /\b[a-z]\w*=\w+=\S+:\w+=/i,
  /\b(?:scale|crop|pad|overlay)=-?\w+:-?\w/i,
  /\bfile:\/\/|\b(?:concat|subfile|crypto):[/|,]|^#EXTM3U/i,
]

/** Whether a text is HTML, SQL, shell or ffmpeg-filter text rather than something to be shown. */
export const isCodeLike = (text: string): boolean => signs.some(sign => sign.test(text))
