-- What report R17 counts, as plain SQL written by hand: number, aggregate, FROM
-- and WHERE, apart by tabs. With "SELECT t.branch, " and " GROUP BY 1" it is
-- the branches' figures, without them the group's. {month} and {quarter}: once
-- for each of the year 2026.
000-01	count(*)	activity AS t WHERE t.void IS NULL AND t.kind = 'lecture' AND t.state IN ('held', 'archived') AND t.date BETWEEN '2026-01-01' AND '2026-12-31'
000-02	count(*)	award AS t WHERE t.void IS NULL AND t.kind = 'flag' AND t.state = 'granted' AND t.period = '2026Q1'
000-03	count(*)	award AS t WHERE t.void IS NULL AND t.kind = 'star' AND t.state = 'granted' AND t.period = '2026Q1'
000-04	count(*)	award AS t WHERE t.void IS NULL AND t.kind = 'flag' AND t.state = 'granted' AND t.period = '2026Q2'
000-05	count(*)	award AS t WHERE t.void IS NULL AND t.kind = 'star' AND t.state = 'granted' AND t.period = '2026Q2'
000-06	count(*)	proposal AS t WHERE t.void IS NULL AND t.kind = 'rational' AND t.level = 'center' AND t.submitted_on BETWEEN '2026-01-01' AND '2026-12-31'
000-07	count(*)	proposal AS t WHERE t.void IS NULL AND t.kind = 'rational' AND t.level = 'department' AND t.implemented_on BETWEEN '2026-01-01' AND '2026-12-31'
000-08	count(DISTINCT t.person)	care_visit AS t JOIN person AS p ON p.id = t.person WHERE t.void IS NULL AND t.kind = 'retire' AND p.kind = 'retired' AND t.state IN ('delivered', 'signed') AND t.date BETWEEN '2026-01-01' AND '2026-12-31'
000-08b	coalesce(sum(t.beneficiaries), 0)	proposal AS t WHERE t.void IS NULL AND t.promoted = 'center' AND t.submitted_on BETWEEN '2026-01-01' AND '2026-12-31'
000-09	count(*)	care_visit AS t WHERE t.void IS NULL AND t.kind = 'hospital' AND t.state IN ('delivered', 'signed') AND t.date BETWEEN '2026-01-01' AND '2026-12-31'
000-09b	count(DISTINCT t.person)	care_visit AS t WHERE t.void IS NULL AND t.kind = 'hospital' AND t.state IN ('delivered', 'signed') AND t.date BETWEEN '2026-01-01' AND '2026-12-31'
000-10	count(*)	care_visit AS t WHERE t.void IS NULL AND t.kind = 'exam' AND t.state IN ('delivered', 'signed') AND t.date BETWEEN '2026-01-01' AND '2026-12-31'
000-11	count(*)	care_visit AS t WHERE t.void IS NULL AND t.kind = 'family' AND t.state IN ('delivered', 'signed') AND t.date BETWEEN '2026-01-01' AND '2026-12-31'
000-11b	count(DISTINCT t.batch)	care_visit AS t WHERE t.void IS NULL AND t.kind = 'family' AND t.state IN ('delivered', 'signed') AND t.date BETWEEN '2026-01-01' AND '2026-12-31'
000-12	count(*)	org_unit AS t WHERE t.void IS NULL AND t.kind = 'project' AND t.state = 'active'
000-13	count(*)	activity AS t WHERE t.void IS NULL AND t.topic = '知识竞赛' AND t.state IN ('held', 'archived') AND t.date BETWEEN '2026-01-01' AND '2026-01-31'
000-14	count(*)	activity AS t WHERE t.void IS NULL AND t.kind = 'class_meeting' AND t.state IN ('held', 'archived') AND t.date BETWEEN '2026-04-01' AND '2026-04-30'
000-15	count(*)	activity AS t WHERE t.void IS NULL AND t.kind = 'sport' AND t.topic = '健步走' AND t.state IN ('held', 'archived') AND t.date BETWEEN '2026-07-01' AND '2026-07-31'
000-16	count(*)	activity AS t WHERE t.void IS NULL AND t.kind = 'women' AND t.state IN ('held', 'archived') AND t.date BETWEEN '2026-03-01' AND '2026-03-31'
000-17	count(*)	meeting AS t WHERE t.void IS NULL AND t.kind = 'election' AND t.state IN ('minuted', 'archived') AND t.date BETWEEN '2026-01-01' AND '2026-12-31'
000-18	coalesce(sum(json_array_length(t.lines)), 0)	document AS t WHERE t.void IS NULL AND t.kind = 'codes' AND t.state = 'issued'
000-19	coalesce(sum(json_array_length(t.dimensions)), 0)	competition AS t WHERE t.void IS NULL AND t.kind = 'flag' AND t.year = 2026
001-01	count(*)	award AS t WHERE t.void IS NULL AND t.kind = 'rank' AND t.category = '公司工会考核' AND t.rank = 'first' AND t.state = 'granted' AND t.period = '2026'
001-02	count(*)	award AS t WHERE t.void IS NULL AND t.category = '宁波市直属工会考核' AND t.rank = 'first' AND t.state = 'granted' AND t.period = '2026'
001-03	count(*)	competition AS t WHERE t.void IS NULL AND t.level = 'company' AND t.category = 'annual' AND t.kind = 'labour' AND t.state <> 'cancelled' AND t.start_on BETWEEN '2026-01-01' AND '2026-12-31'
001-04	count(*)	competition AS t WHERE t.void IS NULL AND t.level = 'plant' AND t.category = 'annual' AND t.kind = 'labour' AND t.state <> 'cancelled' AND t.start_on BETWEEN '2026-01-01' AND '2026-12-31'
001-05	count(*)	competition AS t WHERE t.void IS NULL AND t.level = 'department' AND t.category = 'annual' AND t.kind = 'labour' AND t.state <> 'cancelled' AND t.start_on BETWEEN '2026-01-01' AND '2026-12-31'
001-06	count(*)	competition AS t WHERE t.void IS NULL AND t.vs_target = 'exceeded' AND t.start_on BETWEEN '2026-01-01' AND '2026-12-31'
001-07	count(*)	competition AS t WHERE t.void IS NULL AND t.level = 'plant' AND t.category = 'special' AND t.start_on BETWEEN '2026-01-01' AND '2026-12-31'
001-08	count(DISTINCT t.person)	participation AS t WHERE t.void IS NULL AND t.role = 'entrant' AND t.state = 'attended' AND t.target IN (SELECT id FROM competition WHERE instr(title, '宁烟杯') UNION ALL SELECT id FROM activity WHERE instr(title, '宁烟杯') UNION ALL SELECT id FROM meeting WHERE instr(title, '宁烟杯'))
001-09	coalesce(sum(json_array_length(t.items)), 0)	competition AS t WHERE t.void IS NULL AND instr(t.title, '宁烟杯')
001-10	count(DISTINCT t.org)	participation AS t JOIN org_unit AS o ON o.id = t.org WHERE t.void IS NULL AND o.kind = 'workshop' AND t.target IN (SELECT id FROM competition WHERE instr(title, '宁烟杯') UNION ALL SELECT id FROM activity WHERE instr(title, '宁烟杯') UNION ALL SELECT id FROM meeting WHERE instr(title, '宁烟杯'))
001-11	count(DISTINCT t.to_org)	award AS t WHERE t.void IS NULL AND t.kind = 'title' AND t.category = '宁波市创新工作室' AND t.state = 'granted'
001-12	coalesce(sum(t.visiting_units), 0)	activity AS t WHERE t.void IS NULL AND t.kind = 'visit' AND t.state IN ('held', 'archived') AND t.date BETWEEN '2026-08-01' AND '2026-08-31'
001-13	count(DISTINCT t.person)	membership AS t WHERE t.void IS NULL AND t.kind = 'inclusive' AND t.platform = '甬工惠' AND t.state = 'active' AND t.joined_on <= '2026-12-31'
001-14	coalesce(sum(t.received), 0)	distribution AS t WHERE t.void IS NULL AND t.kind = 'upper' AND t.state IN ('completed', 'reconciled') AND t.date BETWEEN '2026-01-01' AND '2026-12-31'
001-15	coalesce(sum(t.received), 0)	distribution AS t WHERE t.void IS NULL AND t.kind = 'poverty' AND t.state IN ('completed', 'reconciled') AND t.date BETWEEN '2026-01-01' AND '2026-12-31'
001-16	coalesce(sum(t.headcount), 0)	activity AS t WHERE t.void IS NULL AND t.kind = 'open_day' AND t.state IN ('held', 'archived') AND t.date BETWEEN '2026-06-01' AND '2026-06-30'
001-17	count(*)	activity AS t WHERE t.void IS NULL AND t.topic = '龙舟' AND t.precision = 'near' AND t.headcount BETWEEN 180 AND 199 AND t.date BETWEEN '2026-01-01' AND '2026-12-31'
001-18	count(*)	award AS t JOIN activity AS a ON a.id = t.activity WHERE t.void IS NULL AND t.rank = 'first' AND a.topic = '龙舟' AND t.state = 'granted' AND t.period = '2026'
001-19	count(*)	activity AS t WHERE t.void IS NULL AND instr(t.title, '升旗仪式') AND t.precision = 'over' AND t.headcount BETWEEN 151 AND 159 AND t.date BETWEEN '2026-01-01' AND '2026-12-31'
001-20	count(*)	activity AS t WHERE t.void IS NULL AND instr(t.title, '快闪') AND t.precision = 'over' AND t.headcount BETWEEN 201 AND 209 AND t.date BETWEEN '2026-01-01' AND '2026-12-31'
001-21	count(*)	document AS t WHERE t.void IS NULL AND t.kind = 'process' AND t.state = 'issued' AND t.issued_on <= '2026-12-31'
001-22	count(DISTINCT t.layer)	document AS t WHERE t.void IS NULL AND t.kind = 'process' AND t.state = 'issued'
001-23	count(*)	issue AS t JOIN inspection AS i ON i.id = t.source WHERE t.void IS NULL AND t.kind = 'patrol' AND i.kind = 'patrol' AND t.state = 'closed' AND t.accept = 'pass' AND t.accepted_on BETWEEN '2026-01-01' AND '2026-12-31'
001-24	count(*)	award AS t WHERE t.void IS NULL AND t.category = '班组安全文化建设' AND t.rank = 'first' AND t.state = 'granted' AND t.period = '2026'
001-25	coalesce(sum(json_array_length(t.checked)), 0)	inspection AS t WHERE t.void IS NULL AND t.kind = 'indicator' AND t.state IN ('reported', 'closed') AND t.date BETWEEN '2026-01-01' AND '2026-12-31'
001-26	count(*)	commitment AS t WHERE t.void IS NULL AND t.kind = 'integrity' AND t.state IN ('signed', 'fulfilled') AND t.signed_on BETWEEN '2026-01-01' AND '2026-12-31'
001-27	count(*)	expense AS t WHERE t.void IS NULL AND t.category = 'activity_sport' AND t.interview_on BETWEEN '2026-01-01' AND '2026-12-31'
001-28	count(*)	expense AS t WHERE t.void IS NULL AND t.state IN ('paid', 'audited') AND t.paid_on BETWEEN '2026-01-01' AND '2026-12-31'
001-29	count(*)	meeting AS t WHERE t.void IS NULL AND t.kind = 'plenary' AND t.term_no = 3 AND t.session_no = 3 AND t.state IN ('held', 'minuted', 'archived')
001-30	count(*)	meeting AS t WHERE t.void IS NULL AND t.kind = 'monthly' AND t.state IN ('held', 'minuted', 'archived') AND t.date BETWEEN '2026-01-01' AND '2026-12-31'
002-01	count(DISTINCT t.category)	hardship_case AS t WHERE t.void IS NULL AND t.state = 'active'
002-01b	count(DISTINCT t.disability)	hardship_case AS t WHERE t.void IS NULL AND t.category = 'disability' AND t.state = 'active'
002-02	count(DISTINCT t.peace)	inspection AS t WHERE t.void IS NULL AND t.kind = 'peace' AND t.state IN ('done', 'reported', 'closed') AND t.date BETWEEN '2026-01-01' AND '2026-12-31'
002-03	count(*)	document AS t WHERE t.void IS NULL AND t.kind = 'standard' AND instr(t.title, '体系') AND t.state = 'issued'
002-04	count(*)	incident AS t WHERE t.void IS NULL AND t.kind = 'security' AND t.level = 'major' AND t.responsible = 1 AND t.date BETWEEN '2026-01-01' AND '2026-12-31'
002-05	count(*)	incident AS t WHERE t.void IS NULL AND t.kind = 'fire' AND t.date BETWEEN '2026-01-01' AND '2026-12-31'
002-06	coalesce(sum(t.loss_t), 0)	incident AS t WHERE t.void IS NULL AND t.kind = 'theft' AND t.date BETWEEN '2026-01-01' AND '2026-12-31'
002-06p	coalesce(sum(t.loss_t), 0)	incident AS t WHERE t.void IS NULL AND t.kind = 'theft' AND t.date BETWEEN '2025-01-01' AND '2025-12-31'
002-07	count(DISTINCT t.kind)	publication AS t WHERE t.void IS NULL AND t.channel = 'online' AND t.kind IN ('policy', 'brief', 'legal', 'news', 'pay') AND t.state IN ('published', 'ended')
002-08	count(DISTINCT t.state)	innovation AS t WHERE t.void IS NULL AND t.kind = 'result'
003-01	count(DISTINCT t.station_type)	facility AS t WHERE t.void IS NULL AND t.kind = 'station' AND t.state = 'open' AND t.opened_on <= '2026-12-31'
003-02	count(*)	org_unit AS t WHERE t.void IS NULL AND t.kind = 'club' AND t.state = 'active' AND t.established_on <= '2026-12-31'
003-03	coalesce(sum(json_array_length(t.lines)), 0)	document AS t WHERE t.void IS NULL AND t.code = 'PT4' AND t.state = 'issued'
003-04	coalesce(sum(json_array_length(t.lines)), 0)	document AS t WHERE t.void IS NULL AND t.code = 'HJ5' AND t.state = 'issued'
003-05	coalesce(sum(json_array_length(t.lines)), 0)	document AS t WHERE t.void IS NULL AND t.code = 'LJ6' AND t.state = 'issued'
003-06	coalesce(sum(json_array_length(t.lines)), 0)	document AS t WHERE t.void IS NULL AND t.code = 'WUXIN' AND t.state = 'issued'
003-07	count(DISTINCT t.occasion)	distribution AS t WHERE t.void IS NULL AND t.kind = 'ten' AND t.state IN ('completed', 'reconciled') AND t.date BETWEEN '2025-07-01' AND '2026-06-30'
003-08	coalesce(sum(json_array_length(t.lines)), 0)	document AS t WHERE t.void IS NULL AND t.kind = 'plan' AND instr(t.title, '双十送') AND t.state = 'issued'
003-09	coalesce(sum(json_array_length(t.lines)), 0)	document AS t WHERE t.void IS NULL AND t.code = 'SC3' AND t.state = 'issued'
003-10	count(*)	evaluation AS t WHERE t.void IS NULL AND t.kind = 'home' AND t.state = 'published' AND t.party_score >= 0 AND t.worker_score >= 0 AND t.period = '2026Q2'
003-11	count(*)	pairing AS t WHERE t.void IS NULL AND t.kind = 'help' AND t.state = 'active'
003-12	count(DISTINCT t.category)	award AS t WHERE t.void IS NULL AND t.kind = 'model' AND t.state = 'granted' AND t.category IN ('和美家庭', '好儿媳', '好女婿')
004-01	count(*)	activity AS t WHERE t.void IS NULL AND t.kind = 'psych_lecture' AND t.state IN ('held', 'archived') AND t.date BETWEEN '2026-01-01' AND '2026-12-31'
004-02	count(*)	activity AS t WHERE t.void IS NULL AND t.kind = 'women_health' AND t.state IN ('held', 'archived') AND t.date BETWEEN '2026-01-01' AND '2026-12-31'
004-03	count(DISTINCT t.person)	participation AS t JOIN activity AS a ON a.id = t.target WHERE t.void IS NULL AND t.role = 'examinee' AND t.state = 'attended' AND a.kind = 'check_up' AND a.date BETWEEN '2026-01-01' AND '2026-12-31'
004-03b	count(*)	person AS t WHERE t.void IS NULL AND t.kind = 'on_duty' AND t.state = 'active'
004-04	count(*)	activity AS t WHERE t.void IS NULL AND t.kind = 'charity' AND t.state IN ('held', 'archived') AND t.date BETWEEN '2026-01-01' AND '2026-12-31'
004-05	coalesce(sum(t.quantity), 0)	facility AS t WHERE t.void IS NULL AND t.kind = 'sports' AND t.state = 'open' AND t.opened_on <= '2026-12-31'
004-06	count(*)	activity AS t WHERE t.void IS NULL AND t.kind = 'sport' AND t.state IN ('held', 'archived') AND t.date BETWEEN '2026-01-01' AND '2026-12-31'
004-07	count(DISTINCT t.org)	activity AS t WHERE t.void IS NULL AND t.kind = 'exercise' AND t.recurring = 'daily' AND t.state IN ('held', 'archived') AND t.date BETWEEN '2026-01-01' AND '2026-12-31'
004-08	coalesce(sum(t.quantity), 0)	facility AS t WHERE t.void IS NULL AND t.kind IN ('bookroom', 'corner') AND t.state = 'open' AND t.opened_on <= '2026-12-31'
004-09	coalesce(sum(t.quantity), 0)	facility AS t WHERE t.void IS NULL AND t.kind = 'shelf' AND t.state = 'open' AND t.opened_on <= '2026-12-31'
004-10	count(*)	activity AS t WHERE t.void IS NULL AND t.kind = 'reading' AND t.state IN ('held', 'archived') AND t.date BETWEEN '2026-01-01' AND '2026-12-31'
004-11	count(*)	practical_item AS t WHERE t.void IS NULL AND t.level = 'party' AND t.state IN ('approved', 'active', 'done', 'published', 'evaluated')
004-12	count(*)	practical_item AS t WHERE t.void IS NULL AND t.level = 'grassroots' AND t.state IN ('approved', 'active', 'done', 'published', 'evaluated')
004-13	count(*)	practical_item AS t WHERE t.void IS NULL AND t.state IN ('approved', 'active', 'done', 'published', 'evaluated')
004-14	count(DISTINCT t.focus)	practical_item AS t WHERE t.void IS NULL AND t.level = 'party' AND t.state IN ('approved', 'active', 'done', 'published', 'evaluated')
004-15	count(DISTINCT t.batch)	practical_item AS t WHERE t.void IS NULL AND t.level = 'grassroots' AND t.state IN ('approved', 'active', 'done', 'published', 'evaluated')
004-16	coalesce(sum(json_array_length(t.lines)), 0)	document AS t WHERE t.void IS NULL AND t.code = 'P552-X' AND t.state = 'issued'
004-16b	coalesce(sum(json_array_length(t.lines)), 0)	document AS t WHERE t.void IS NULL AND t.code = 'SJS3' AND t.state = 'issued'
004-17	count(*)	document AS t WHERE t.void IS NULL AND t.kind IN ('plan', 'policy') AND t.state = 'issued' AND t.issued_on BETWEEN '2026-01-01' AND '2026-12-31'
004-18	count(*)	practical_item AS t WHERE t.void IS NULL AND t.state = 'returned'
004-19	count(DISTINCT t.period)	publication AS t WHERE t.void IS NULL AND t.kind = 'item_list' AND t.state IN ('published', 'ended') AND t.start_on BETWEEN '2026-01-01' AND '2026-12-31'
004-20	coalesce(sum(json_array_length(t.lines)), 0)	document AS t WHERE t.void IS NULL AND t.code = 'P333'
HQ-01	count(*)	org_unit AS t WHERE t.void IS NULL AND t.kind = 'branch' AND t.state = 'active'
RT-00.d	count(*)	person AS t WHERE t.void IS NULL AND t.kind = 'on_duty' AND t.state = 'active'
RT-00.n	count(DISTINCT t.person)	participation AS t JOIN activity AS a ON a.id = t.target JOIN person AS p ON p.id = t.person WHERE t.void IS NULL AND p.kind = 'on_duty' AND p.state = 'active' AND t.role = 'examinee' AND t.state = 'attended' AND a.kind = 'check_up' AND a.date BETWEEN '2026-01-01' AND '2026-12-31'
RT-01 {month}.d	count(*)	practical_item AS t WHERE t.void IS NULL AND t.state IN ('approved', 'active', 'done', 'published', 'evaluated') AND t.approved_on <= '{last}' AND (t.done_on >= '{first}' OR t.done_on IS NULL)
RT-01 {month}.n	count(DISTINCT t.parent)	followup AS t JOIN practical_item AS p ON p.id = t.parent WHERE t.void IS NULL AND t.kind = 'report' AND t.period = '{sub}' AND p.state IN ('approved', 'active', 'done', 'published', 'evaluated') AND p.approved_on <= '{last}' AND (p.done_on >= '{first}' OR p.done_on IS NULL)
RT-02 {month}.d	count(*)	practical_item AS t WHERE t.void IS NULL AND t.state IN ('approved', 'active', 'done', 'published', 'evaluated') AND t.approved_on <= '{last}' AND (t.done_on > '{last}' OR t.done_on IS NULL)
RT-02 {month}.n	count(DISTINCT t.parent)	followup AS t JOIN practical_item AS p ON p.id = t.parent WHERE t.void IS NULL AND t.kind = 'supervise' AND t.period = '{sub}' AND p.state IN ('approved', 'active', 'done', 'published', 'evaluated') AND p.approved_on <= '{last}' AND (p.done_on > '{last}' OR p.done_on IS NULL)
RT-03 {quarter}.d	count(*)	practical_item AS t WHERE t.void IS NULL AND t.state IN ('done', 'published', 'evaluated') AND t.done_on BETWEEN '{first}' AND '{last}'
RT-03 {quarter}.n	count(*)	practical_item AS t JOIN publication AS p ON p.id = t.published_in WHERE t.void IS NULL AND t.state IN ('published', 'evaluated') AND t.done_on BETWEEN '{first}' AND '{last}' AND p.kind = 'item_list' AND p.period = '{sub}'
RT-04 {quarter}.d	count(*)	practical_item AS t JOIN publication AS p ON p.id = t.published_in WHERE t.void IS NULL AND p.period = '{sub}'
RT-04 {quarter}.n	count(DISTINCT t.subject)	evaluation AS t JOIN practical_item AS i ON i.id = t.subject JOIN publication AS p ON p.id = i.published_in WHERE t.void IS NULL AND t.kind = 'item' AND t.period = '{sub}' AND t.state = 'published' AND p.period = '{sub}'
RT-05.d	count(*)	practical_item AS t WHERE t.void IS NULL AND t.state IN ('nonconforming', 'returned')
RT-05.n	count(DISTINCT t.parent)	followup AS t JOIN practical_item AS p ON p.id = t.parent WHERE t.void IS NULL AND t.kind = 'feedback' AND p.state IN ('nonconforming', 'returned')
RT-06.d	count(*)	practical_item AS t WHERE t.void IS NULL AND t.state IN ('approved', 'active', 'done', 'published', 'evaluated')
RT-06.n	count(*)	practical_item AS t WHERE t.void IS NULL AND t.state IN ('done', 'published', 'evaluated')
RT-07.d	count(*)	expense AS t WHERE t.void IS NULL AND t.state IN ('paid', 'audited') AND t.paid_on BETWEEN '2026-01-01' AND '2026-12-31'
RT-07.n	sum(l1 <> l2 AND l1 <> l3 AND l2 <> l3 AND h NOT IN (l1, l2, l3) AND n NOT IN (l1, l2, l3))	(SELECT t.branch, (SELECT s."by" FROM "transition" AS s WHERE s.record = t.id AND s."to" = 'l1' ORDER BY s.stamp DESC LIMIT 1) AS l1, (SELECT s."by" FROM "transition" AS s WHERE s.record = t.id AND s."to" = 'l2' ORDER BY s.stamp DESC LIMIT 1) AS l2, (SELECT s."by" FROM "transition" AS s WHERE s.record = t.id AND s."to" = 'l3' ORDER BY s.stamp DESC LIMIT 1) AS l3, coalesce(p.ext, '') AS h, p.name AS n FROM expense AS t LEFT JOIN person AS p ON p.id = t.handler WHERE t.void IS NULL AND t.state IN ('paid', 'audited') AND t.paid_on BETWEEN '2026-01-01' AND '2026-12-31') AS t
RT-08.d	count(*)	activity AS t WHERE t.void IS NULL AND t.outdoor = 1 AND t.state IN ('held', 'archived') AND t.date BETWEEN '2026-01-01' AND '2026-12-31'
RT-08.n	count(*)	activity AS t JOIN commitment AS c ON c.id = t.safety_notice WHERE t.void IS NULL AND t.outdoor = 1 AND t.state IN ('held', 'archived') AND t.date BETWEEN '2026-01-01' AND '2026-12-31' AND c.state IN ('signed', 'published', 'fulfilled') AND c.signed_on <= t.date
