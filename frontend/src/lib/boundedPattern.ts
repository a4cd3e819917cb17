/**
 * Regular expressions of others, as boards and addresses bring them. A browser searches by trying all ways, cannot be
 * stopped, and would hold the page for ever: what may have very many ways is not searched for at all. Pure.
 */

/** Each of them may end at any letter, so that their ways multiply. */
const MOST_LONG = 4;
/** With two ways each. */
const MOST_OPTIONAL = 10;
/** A repetition of more is as long as a text. */
const LONG = 10;
const QUANTIFIER = /^(?:[*+?]|\{(\d+)(?:(,)(\d*))?\})\??/;

/** The expression, in which case as `flags` say. A text: why it means nothing, or is not searched for. */
export function boundedPattern(pattern: string, flags = "u"): RegExp | string {
  try {
    const expression = new RegExp(pattern, flags);
    return waysOf(pattern) || expression;
  } catch (error) {
    return (error as Error).message.replace(/^.*: /, "");
  }
}

/** "" if there are few enough. A group that is repeated may have no choice in it: each turn would have it anew. */
function waysOf(pattern: string): string {
  let long = 0;
  let optional = 0;
  /** Of each open group, whether there is a choice in it. */
  const groups: boolean[] = [];
  for (let at = 0; at < pattern.length;) {
    const isEnd = pattern[at] === ")";
    if (pattern[at] === "(") {
      groups.push(false);
      at += /^\((?:\?(?:[:=!]|<[=!]|<[^>]*>))?/.exec(pattern.slice(at))![0].length;
      continue;
    }
    if (pattern[at] === "|") {
      groups.fill(true);
      optional++;
    }
    at = isEnd ? at + 1 : endOfAtom(pattern, at);
    const hadChoice = isEnd && (groups.pop() ?? false);
    const found = QUANTIFIER.exec(pattern.slice(at));
    if (!found) continue;
    at += found[0].length;
    const most = found[0].startsWith("?") ? 1 : found[1] === undefined ? Infinity : mostOf(found);
    if (hadChoice && most > 1) return "a choice or a repetition in a group that is repeated may never end";
    // `{3}` is no choice.
    if (found[1] !== undefined && found[2] === undefined) continue;
    if (most > LONG) long++;
    else optional += most;
    groups.fill(true);
  }
  if (long > MOST_LONG) return `more than ${MOST_LONG} repetitions may never end`;
  return optional > MOST_OPTIONAL ? `more than ${MOST_OPTIONAL} choices may never end` : "";
}

function mostOf([, least, comma, most]: RegExpExecArray): number {
  if (comma === undefined) return Number(least);
  return most ? Number(most) : Infinity;
}

/** Behind a letter, an escape or a class. */
function endOfAtom(pattern: string, at: number): number {
  const found =
    /^(?:\\(?:[pPu]\{[^}]*\}|k<[^>]*>|u[\da-fA-F]{4}|x[\da-fA-F]{2}|.)|\[(?:\\.|[^\]\\])*\])/su.exec(
      pattern.slice(at),
    );
  return at + (found?.[0].length ?? 1);
}
