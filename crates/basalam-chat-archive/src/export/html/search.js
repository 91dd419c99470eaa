// Searches the index of the export. Pages on a disk can load nothing but scripts, so the index consists of scripts.
"use strict";
(function () {
  var STEP = 50, PER_SCRIPT = 500;
  var results = document.getElementById("results"), chats = document.getElementById("chats");
  var shards = Number(results.dataset.shards), waiting = {}, loaded = {};

  function load(name) {
    loaded[name] = loaded[name] || new Promise(function (resolve) {
      var script = document.createElement("script");
      waiting[name] = resolve;
      script.src = "search/" + name + ".js";
      script.onerror = function () { resolve(null); };
      document.head.appendChild(script);
    });
    return loaded[name];
  }

  archive.words = function (shard, words) { waiting["t" + shard](words); };
  archive.messages = function (number, messages) { waiting["d" + number](messages); };

  function shardOf(word) {
    var start = Array.from(word).slice(0, 2).join(""), hash = 0;
    for (var i = 0; i < start.length; i++) { hash = (Math.imul(hash, 31) + start.charCodeAt(i)) >>> 0; }
    return hash % shards;
  }

  // Returns the numbers of the messages with a word, or with a word that starts with it.
  async function find(word, isPrefix) {
    var found = new Set(), words = (await load("t" + shardOf(word))) || [];
    isPrefix = isPrefix && Array.from(word).length > 1;
    words.forEach(function (entry) {
      if (entry[0] === word || (isPrefix && entry[0].startsWith(word))) {
        var number = 0;
        entry[1].forEach(function (step) { number += step; found.add(number); });
      }
    });
    return found;
  }

  async function findAll(words) {
    if (!words.length) { return new Set(); }
    var sets = await Promise.all(words.map(function (word, index) {
      return find(word, index === words.length - 1);
    }));
    sets.sort(function (a, b) { return a.size - b.size; });
    return new Set(Array.from(sets[0]).filter(function (number) {
      return sets.every(function (set) { return set.has(number); });
    }));
  }

  function bdi(text) {
    var element = document.createElement("bdi");
    element.dir = "auto";
    element.textContent = text;
    return element;
  }

  function item(message) {
    var chat = archive.chats[message[0]], link = document.createElement("a"), entry = document.createElement("li");
    link.href = "chats/" + chat[0] + "/" + message[1] + ".html#m" + message[2];
    link.appendChild(bdi(message[5] || "#" + message[2]));
    var meta = document.createElement("div"), time = document.createElement("time");
    meta.className = "meta";
    time.dir = "ltr";
    time.textContent = message[3];
    [bdi(chat[1] || String(chat[0])), " · ", bdi(message[4]), " · ", time].forEach(function (it) { meta.append(it); });
    entry.append(link, meta);
    return entry;
  }

  async function show(list, numbers, from) {
    for (var i = from; i < Math.min(from + STEP, numbers.length); i++) {
      var script = await load("d" + Math.floor(numbers[i] / PER_SCRIPT));
      if (script) { list.appendChild(item(script[numbers[i] % PER_SCRIPT])); }
    }
    if (from + STEP < numbers.length) {
      var button = document.createElement("button");
      button.textContent = results.dataset.more;
      button.onclick = function () { button.remove(); show(list, numbers, from + STEP); };
      results.appendChild(button);
    }
  }

  async function search(text) {
    var folded = archive.fold(text);
    var sets = await Promise.all([findAll(folded.body), findAll(folded.joined)]);
    var numbers = Array.from(new Set(Array.from(sets[0]).concat(Array.from(sets[1]))));
    numbers.sort(function (a, b) { return b - a; });
    results.replaceChildren();
    chats.hidden = true;
    results.hidden = false;
    if (!numbers.length) { results.textContent = results.dataset.none; }
    var list = document.createElement("ul");
    list.className = "results";
    results.appendChild(list);
    await show(list, numbers, 0);
    document.body.dataset.found = String(numbers.length);
  }

  var query = new URLSearchParams(location.search).get("q");
  if (query && query.trim()) {
    document.querySelector("#search input").value = query;
    search(query);
  }
})();
