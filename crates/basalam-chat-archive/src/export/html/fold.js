// Folds the text of a search in the same way as the index.
"use strict";
var archive = {};
(function () {
  var PREFIXES = ["می", "نمی"];
  var SUFFIXES = ["ها", "های", "هایی", "ای", "ام", "ات", "اش", "ایم", "اید", "اند", "تر", "تری", "ترین", "ی", "هایم"];
  var LETTERS = {
    "\u064a": "ی", "\u0649": "ی", "\u06d2": "ی", "\u0643": "ک", "\u06aa": "ک", "\u0629": "ه", "\u06be": "ه",
    "\u06c1": "ه", "\u06c3": "ه", "\u06d5": "ه", "\u0671": "ا"
  };
  var REMOVED = /[\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u08d3-\u08e1\u08e3-\u08ff\ufe00-\ufe0f\u0640\u00ad\u061c\u200d-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/g;
  var ARABIC = "[\\u0620-\\u064a\\u066e-\\u06d3\\u06d5\\u06fa-\\u06ff]";
  var NOT_SIGN = new RegExp("(" + ARABIC + ")\\u00ac(?=" + ARABIC + ")", "g");
  var DIGIT = "[0-9\\u0660-\\u0669\\u06f0-\\u06f9]";
  var GROUPS = new RegExp("(^|[^0-9\\u0660-\\u0669\\u06f0-\\u06f9])(" + DIGIT + "{1,3}(?:[,\\u060c\\u066c]" + DIGIT + "{3})+)(?!" + DIGIT + ")", "g");
  var SINGLE = /[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\u2600-\u27bf\u2b00-\u2bff\u{1f000}-\u{1faff}\u{20000}-\u{3ffff}]/u;
  var WORD = /[\p{Alphabetic}\p{N}]/u;

  function digits(text) {
    return text.replace(/[\u0660-\u0669\u06f0-\u06f9]/g, function (digit) {
      var code = digit.charCodeAt(0);
      return String(code - (code < 0x6f0 ? 0x660 : 0x6f0));
    });
  }

  // Returns the words as lists: with a break at a zero-width non-joiner, and joined.
  archive.fold = function (text) {
    text = text.replace(/\u200b/g, "\u200c").replace(NOT_SIGN, "$1\u200c");
    text = text.replace(GROUPS, function (all, before, number) {
      return before + number.replace(/[,\u060c\u066c]/g, "");
    });
    // One character after another, since the case of some depends on those around them.
    text = Array.from(text).map(function (character) {
      return character.normalize("NFKD").replace(REMOVED, "").toLowerCase().toUpperCase().toLowerCase();
    }).join("");
    text = digits(text.replace(REMOVED, ""));
    var words = [], word = "", gap = "other";
    function finish() {
      if (word) {
        words.push({ text: word.replace(/اء$/, "ا"), gap: gap });
        word = "";
        gap = "space";
      }
    }
    Array.from(text).forEach(function (character) {
      character = LETTERS[character] || character;
      if (character === "\u200c") {
        if (word) { finish(); gap = "joined"; }
      } else if (SINGLE.test(character)) {
        finish(); word = character; finish();
      } else if (WORD.test(character)) {
        word += character;
      } else {
        finish();
        gap = gap !== "other" && /\s/.test(character) ? "space" : "other";
      }
    });
    finish();
    var joined = [], afterPrefix = false;
    words.forEach(function (it) {
      var attached = it.gap === "joined" || (it.gap === "space" && (afterPrefix || SUFFIXES.indexOf(it.text) >= 0));
      if (attached && joined.length) {
        joined[joined.length - 1] += it.text;
        afterPrefix = false;
      } else {
        joined.push(it.text);
        afterPrefix = PREFIXES.indexOf(it.text) >= 0;
      }
    });
    return { body: words.map(function (it) { return it.text; }), joined: joined };
  };
})();
