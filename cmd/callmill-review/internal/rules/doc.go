// Package rules finds in calls what a file of rules says: opt-outs, complaints, promises,
// an introduction that is missing. The file can say what the text operators of Alibaba's
// 智能对话分析 (SCA) say, so that a book of rules made there can be carried over.
//
// [Parse] reads a file, [Starter] are rules to begin with. Package match finds the hits
// of a book in a corpus and explains them; scan looks for its words, outline reads YAML,
// dialogue what is pasted to try rules on.
//
// # The file
//
// A file is YAML with two keys. Under rules each rule has its name, of letters (also
// Chinese), digits, _ and -. Under conditions are conditions that several rules use.
//
//	rules:
//	  late_fee:
//	    zh: 没有说明滞纳金
//	    en: does not say what the late fee is
//	    scripts: [分期还款提醒话术, 欠费通知话术@2.2.0]
//	    hit: absent
//	    reached: says_amount
//	    conditions:
//	      says_amount: {role: robot, regex: '应还.*元'}
//	      says_fee: {role: robot, any: [滞纳金, 违约金], after: {condition: says_amount, lines: 4}}
//	    when: says_fee
//
// Keys of a rule:
//
//	zh, en      its name for readers; without them that of the file
//	note        what readers of the file should know
//	when        what is looked for: an expression of conditions with and, or, not and
//	            brackets (also &&, ||, !), or one condition; without it all conditions
//	conditions  the conditions of the rule, each with its name
//	hit         present (without it), or absent: a hit is a call in which when does not hold
//	scripts     the scripts it holds for, as name or name@version; without it all
//	reached     how far a call must have come: a number of lines of the robot, the name of
//	            a condition that holds in it, or a condition. Others count neither as hits
//	            nor as calls in which there could have been one
//	opt_out     true: who is hit asks not to be called again
//
// # Conditions
//
// A condition is looked for at each line of a call, and holds at those where all of its
// keys do. It holds in a call if it does at one line.
//
// What the line says:
//
//	any         one of these words is in it                       包含任意一个关键词
//	all         all of them are                                   包含全部关键词
//	n_of        {n: 2, of: […]}: so many of them are              包含任意 N 个关键词
//	none        none of them is                                   全都不包含
//	regex       one of these expressions (RE2) matches a part     正则表达式
//	not_regex   none of them does                                 排除正则
//	like        it is like one of these, by default to 0.8:       相似度
//	            {lines: […], least: 0.9}; pairs of neighbouring
//	            characters are compared (Dice)
//	opt_out     true: it asks not to be called, by the rules of the view opt_outs
//	sound       true: all of these also match what sounds alike, without tones, zh and z,
//	            n and l, ing and in as one: 方便 is found in 不放便. For words of two
//	            characters and more: single ones sound like too much else
//	across      true: the words may be in different lines         单句话内不生效
//
// Where the line is:
//
//	role        robot, contact, agent or any (without it)         角色
//	first, last among the first, or last, so many of the role     检测范围
//	before,     another condition holds in a line that comes      前置条件, 第 N 次命中
//	after,      before, after, around, or is the same: a name, or
//	around,     {condition: name, hit: 1, lines: 3}: seen from its
//	same        n-th hit (-1: the last; any without it), at most so
//	            many lines away. The name of a rule stands for its when
//
// What else there is to it:
//
//	repeat      the speaker said something like it within so many 上下文重复
//	            of the own lines before: 3, or {within: 3, like: 0.8, min_chars: 2,
//	            except: […]}
//	silence     before it there was silence of at least: 3s, or   通话静音
//	            {min: 3s, max: 20s, after: same|other|any speaker}; lines whose times are
//	            worth nothing have none
//	times       the condition holds only if it does at so many lines
//
// One key is about the call, and comes alone:
//
//	results     business results, name=content or name=* : one of them is there
//
// What the robot said is looked at as the pattern of it, in which names, numbers and
// values of the job are slots such as {name}, {num} and {=amount}: say '应还.*元', not
// '应还\d+元'. Words match ASCII letters in either case, expressions only with (?i).
//
// # Calls
//
// Rules are for calls that a person answered. What a platform recognised as a machine
// (outcome intercepted) is not looked at. One that it did not recognise looks like a
// person: the rule assistant of the starter set finds those that say so, and a rule
// excludes them with "and not assistant".
package rules
