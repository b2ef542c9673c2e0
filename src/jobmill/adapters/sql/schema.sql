CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);

CREATE TABLE job_metadata (
	organization INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	value TEXT NOT NULL, 
	created_at BIGINT NOT NULL, 
	job INTEGER NOT NULL, 
	CONSTRAINT pk_job_metadata PRIMARY KEY (organization, name, value, created_at, job)
)
 WITHOUT ROWID

;

CREATE TABLE job_tag (
	organization INTEGER NOT NULL, 
	tag TEXT NOT NULL, 
	created_at BIGINT NOT NULL, 
	job INTEGER NOT NULL, 
	CONSTRAINT pk_job_tag PRIMARY KEY (organization, tag, created_at, job)
)
 WITHOUT ROWID

;

CREATE TABLE login_attempt (
	number INTEGER NOT NULL, 
	subject TEXT NOT NULL, 
	at BIGINT NOT NULL, 
	CONSTRAINT pk_login_attempt PRIMARY KEY (number)
);

CREATE TABLE organization (
	number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	id TEXT NOT NULL, 
	name TEXT, 
	created_at BIGINT, extras TEXT DEFAULT '{}' NOT NULL, 
	CONSTRAINT uq_organization_id UNIQUE (id), 
	CONSTRAINT uq_organization_name UNIQUE (name)
);

CREATE TABLE pool (
	name TEXT NOT NULL, 
	paused INTEGER DEFAULT '0' NOT NULL, id TEXT, title TEXT, organization INTEGER, owner INTEGER, engines TEXT, memory_mb BIGINT, storage_mb BIGINT, at_once INTEGER, collaborators TEXT DEFAULT '[]' NOT NULL, extras TEXT DEFAULT '{}' NOT NULL, created_at BIGINT, updated_at BIGINT, 
	CONSTRAINT pk_pool PRIMARY KEY (name)
)
 WITHOUT ROWID

;

CREATE TABLE search_place (
	number INTEGER NOT NULL, 
	event BIGINT NOT NULL, 
	CONSTRAINT pk_search_place PRIMARY KEY (number)
);

CREATE TABLE speed (
	engine TEXT NOT NULL, 
	features TEXT NOT NULL, 
	unit TEXT NOT NULL, 
	weight FLOAT NOT NULL, 
	units FLOAT NOT NULL, 
	seconds FLOAT NOT NULL, 
	squares FLOAT NOT NULL, 
	products FLOAT NOT NULL, 
	CONSTRAINT pk_speed PRIMARY KEY (engine, features, unit)
)
 WITHOUT ROWID

;

CREATE TABLE turn (
	organization INTEGER NOT NULL, 
	batch INTEGER NOT NULL, 
	served BIGINT NOT NULL, 
	CONSTRAINT pk_turn PRIMARY KEY (organization, batch)
)
 WITHOUT ROWID

;

CREATE TABLE worker (
	name TEXT NOT NULL, 
	pid INTEGER NOT NULL, 
	host TEXT NOT NULL, 
	slots INTEGER NOT NULL, 
	pools TEXT, 
	started_at BIGINT NOT NULL, 
	beat_at BIGINT NOT NULL, 
	CONSTRAINT pk_worker PRIMARY KEY (name)
)
 WITHOUT ROWID

;

CREATE TABLE blob (
	organization INTEGER NOT NULL, 
	sha256 TEXT NOT NULL, 
	size BIGINT NOT NULL, 
	uses INTEGER NOT NULL, 
	CONSTRAINT pk_blob PRIMARY KEY (organization, sha256), 
	CONSTRAINT fk_blob_organization FOREIGN KEY(organization) REFERENCES organization (number)
)
 WITHOUT ROWID

;

CREATE TABLE pipeline (
	number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	id TEXT NOT NULL, 
	organization INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	version INTEGER NOT NULL, 
	description TEXT NOT NULL, 
	definition TEXT DEFAULT '{}' NOT NULL, 
	extras TEXT DEFAULT '{}' NOT NULL, 
	created_at BIGINT NOT NULL, 
	updated_at BIGINT NOT NULL, program TEXT, 
	CONSTRAINT fk_pipeline_organization FOREIGN KEY(organization) REFERENCES organization (number), 
	CONSTRAINT uq_pipeline_id UNIQUE (id), 
	CONSTRAINT uq_pipeline_organization_name UNIQUE (organization, name)
);

CREATE TABLE running_limit (
	number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	id TEXT NOT NULL, 
	organization INTEGER, 
	engine TEXT, 
	running INTEGER NOT NULL, pool TEXT, 
	CONSTRAINT fk_running_limit_organization FOREIGN KEY(organization) REFERENCES organization (number), 
	CONSTRAINT uq_running_limit_id UNIQUE (id)
);

CREATE TABLE team (
	number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	id TEXT NOT NULL, 
	organization INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	created_at BIGINT NOT NULL, 
	CONSTRAINT fk_team_organization FOREIGN KEY(organization) REFERENCES organization (number), 
	CONSTRAINT uq_team_id UNIQUE (id), 
	CONSTRAINT uq_team_organization_name UNIQUE (organization, name)
);

CREATE TABLE user (
	number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	id TEXT NOT NULL, 
	organization INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	email TEXT, 
	password TEXT, 
	admin INTEGER DEFAULT '0' NOT NULL, 
	disabled INTEGER DEFAULT '0' NOT NULL, 
	removed INTEGER DEFAULT '0' NOT NULL, 
	created_at BIGINT, 
	CONSTRAINT fk_user_organization FOREIGN KEY(organization) REFERENCES organization (number), 
	CONSTRAINT uq_user_email UNIQUE (email), 
	CONSTRAINT uq_user_id UNIQUE (id)
);

CREATE TABLE api_key (
	number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	id TEXT NOT NULL, 
	organization INTEGER NOT NULL, 
	user INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	prefix TEXT NOT NULL, 
	digest TEXT NOT NULL, 
	rights TEXT DEFAULT '{}' NOT NULL, 
	created_at BIGINT NOT NULL, 
	expires_at BIGINT, 
	revoked_at BIGINT, redirect_uris TEXT DEFAULT '[]' NOT NULL, 
	CONSTRAINT fk_api_key_organization FOREIGN KEY(organization) REFERENCES organization (number), 
	CONSTRAINT fk_api_key_user FOREIGN KEY(user) REFERENCES user (number), 
	CONSTRAINT uq_api_key_id UNIQUE (id), 
	CONSTRAINT uq_api_key_prefix UNIQUE (prefix)
);

CREATE TABLE asset (
	number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	id TEXT NOT NULL, 
	organization INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	media_type TEXT NOT NULL, 
	source TEXT NOT NULL, 
	state TEXT NOT NULL, 
	location TEXT, 
	sha256 TEXT, 
	size BIGINT, 
	owner INTEGER, 
	handle TEXT NOT NULL, 
	version INTEGER DEFAULT '1' NOT NULL, 
	current INTEGER DEFAULT '1' NOT NULL, 
	path TEXT, 
	declared_size BIGINT, 
	created_at BIGINT NOT NULL, retain_until BIGINT, extras TEXT DEFAULT '{}' NOT NULL, 
	CONSTRAINT fk_asset_organization FOREIGN KEY(organization) REFERENCES organization (number), 
	CONSTRAINT fk_asset_owner FOREIGN KEY(owner) REFERENCES user (number), 
	CONSTRAINT uq_asset_handle_version UNIQUE (handle, version), 
	CONSTRAINT uq_asset_id UNIQUE (id)
);

CREATE TABLE batch (
	number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	id TEXT NOT NULL, 
	organization INTEGER NOT NULL, 
	owner INTEGER NOT NULL, 
	name TEXT, 
	size INTEGER NOT NULL, 
	created_at BIGINT NOT NULL, state TEXT DEFAULT 'ready' NOT NULL, pipeline TEXT, strict INTEGER DEFAULT '1' NOT NULL, total INTEGER, processed INTEGER, invalid INTEGER DEFAULT '0' NOT NULL, error TEXT, 
	CONSTRAINT fk_batch_organization FOREIGN KEY(organization) REFERENCES organization (number), 
	CONSTRAINT fk_batch_owner FOREIGN KEY(owner) REFERENCES user (number), 
	CONSTRAINT uq_batch_id UNIQUE (id)
);

CREATE TABLE endpoint (
	number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	id TEXT NOT NULL, 
	organization INTEGER NOT NULL, 
	owner INTEGER NOT NULL, 
	url TEXT NOT NULL, 
	events TEXT DEFAULT '{}' NOT NULL, 
	format TEXT NOT NULL, 
	secrets TEXT DEFAULT '{}' NOT NULL, 
	description TEXT NOT NULL, 
	callback INTEGER DEFAULT '0' NOT NULL, 
	uses INTEGER DEFAULT '0' NOT NULL, 
	disabled TEXT, 
	failing_since BIGINT, 
	failures INTEGER DEFAULT '0' NOT NULL, 
	created_at BIGINT NOT NULL, 
	updated_at BIGINT NOT NULL, extras TEXT DEFAULT '{}' NOT NULL, origins TEXT DEFAULT '[]' NOT NULL, 
	CONSTRAINT fk_endpoint_organization FOREIGN KEY(organization) REFERENCES organization (number), 
	CONSTRAINT fk_endpoint_owner FOREIGN KEY(owner) REFERENCES user (number), 
	CONSTRAINT uq_endpoint_id UNIQUE (id)
);

CREATE TABLE identity (
	issuer TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	user INTEGER NOT NULL, 
	CONSTRAINT pk_identity PRIMARY KEY (issuer, subject), 
	CONSTRAINT fk_identity_user FOREIGN KEY(user) REFERENCES user (number)
)
 WITHOUT ROWID

;

CREATE TABLE item (
	number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	id TEXT NOT NULL, 
	organization INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	name TEXT NOT NULL, 
	assets TEXT DEFAULT '{}' NOT NULL, 
	cut_of INTEGER, 
	extras TEXT DEFAULT '{}' NOT NULL, 
	owner INTEGER, 
	created_at BIGINT NOT NULL, lasting INTEGER DEFAULT '0' NOT NULL, updated_at BIGINT, starts_at BIGINT, ends_at BIGINT, 
	CONSTRAINT fk_item_cut_of FOREIGN KEY(cut_of) REFERENCES item (number), 
	CONSTRAINT fk_item_organization FOREIGN KEY(organization) REFERENCES organization (number), 
	CONSTRAINT fk_item_owner FOREIGN KEY(owner) REFERENCES user (number), 
	CONSTRAINT uq_item_id UNIQUE (id)
);

CREATE TABLE session (
	id TEXT NOT NULL, 
	user INTEGER NOT NULL, 
	digest TEXT NOT NULL, 
	created_at BIGINT NOT NULL, 
	seen_at BIGINT NOT NULL, 
	expires_at BIGINT NOT NULL, kind TEXT DEFAULT 'browser' NOT NULL, rights TEXT DEFAULT '["*"]' NOT NULL, "key" TEXT, 
	CONSTRAINT pk_session PRIMARY KEY (id), 
	CONSTRAINT fk_session_user FOREIGN KEY(user) REFERENCES user (number), 
	CONSTRAINT uq_session_digest UNIQUE (digest)
)
 WITHOUT ROWID

;

CREATE TABLE team_member (
	team INTEGER NOT NULL, 
	user INTEGER NOT NULL, 
	CONSTRAINT pk_team_member PRIMARY KEY (team, user), 
	CONSTRAINT fk_team_member_team FOREIGN KEY(team) REFERENCES team (number) ON DELETE CASCADE, 
	CONSTRAINT fk_team_member_user FOREIGN KEY(user) REFERENCES user (number)
)
 WITHOUT ROWID

;

CREATE TABLE upload (
	number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	id TEXT NOT NULL, 
	organization INTEGER NOT NULL, 
	user INTEGER NOT NULL, 
	size BIGINT NOT NULL, 
	name TEXT NOT NULL, 
	media_type TEXT NOT NULL, 
	path TEXT, 
	asset TEXT, 
	asset_waits INTEGER NOT NULL, 
	metadata TEXT NOT NULL, 
	created_at BIGINT NOT NULL, 
	expires_at BIGINT NOT NULL, 
	done_at BIGINT, 
	CONSTRAINT fk_upload_organization FOREIGN KEY(organization) REFERENCES organization (number), 
	CONSTRAINT fk_upload_user FOREIGN KEY(user) REFERENCES user (number), 
	CONSTRAINT uq_upload_id UNIQUE (id)
);

CREATE TABLE watch (
	number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	id TEXT NOT NULL, 
	organization INTEGER NOT NULL, 
	user INTEGER NOT NULL, 
	path TEXT NOT NULL, 
	pattern TEXT NOT NULL, 
	recursive INTEGER NOT NULL, 
	existing INTEGER NOT NULL, 
	settle_seconds FLOAT NOT NULL, 
	pipeline TEXT, 
	features TEXT DEFAULT '{}' NOT NULL, 
	params TEXT DEFAULT '{}' NOT NULL, 
	paused INTEGER DEFAULT '0' NOT NULL, 
	first_look_done INTEGER DEFAULT '0' NOT NULL, 
	error TEXT, 
	created_at BIGINT NOT NULL, 
	CONSTRAINT fk_watch_organization FOREIGN KEY(organization) REFERENCES organization (number), 
	CONSTRAINT fk_watch_user FOREIGN KEY(user) REFERENCES user (number), 
	CONSTRAINT uq_watch_id UNIQUE (id)
);

CREATE TABLE delivery (
	number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	id TEXT NOT NULL, 
	organization INTEGER NOT NULL, 
	endpoint INTEGER NOT NULL, 
	message TEXT NOT NULL, 
	type TEXT NOT NULL, 
	job BIGINT, 
	data TEXT DEFAULT '{}' NOT NULL, 
	at BIGINT NOT NULL, 
	lane TEXT NOT NULL, 
	state TEXT NOT NULL, 
	attempt INTEGER DEFAULT '0' NOT NULL, 
	created_at BIGINT NOT NULL, 
	due_at BIGINT, 
	lease TEXT, 
	lease_until BIGINT, 
	settled_at BIGINT, 
	last_status INTEGER, 
	last_error TEXT, 
	CONSTRAINT fk_delivery_endpoint FOREIGN KEY(endpoint) REFERENCES endpoint (number), 
	CONSTRAINT fk_delivery_organization FOREIGN KEY(organization) REFERENCES organization (number), 
	CONSTRAINT uq_delivery_id UNIQUE (id)
);

CREATE TABLE job (
	number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	id TEXT NOT NULL, 
	organization INTEGER NOT NULL, 
	owner INTEGER NOT NULL, 
	type TEXT NOT NULL, 
	state TEXT NOT NULL, 
	features TEXT DEFAULT '{}' NOT NULL, 
	params TEXT DEFAULT '{}' NOT NULL, 
	pipeline TEXT, 
	input TEXT DEFAULT '{}' NOT NULL, 
	asset INTEGER, 
	item INTEGER, 
	origin TEXT NOT NULL, 
	name TEXT, 
	tags TEXT DEFAULT '[]' NOT NULL, 
	metadata TEXT DEFAULT '{}' NOT NULL, 
	batch INTEGER, 
	priority INTEGER NOT NULL, 
	alarms TEXT DEFAULT '{}' NOT NULL, 
	extras TEXT DEFAULT '{}' NOT NULL, 
	callback TEXT, 
	generation INTEGER DEFAULT '1' NOT NULL, 
	cancel_requested INTEGER DEFAULT '0' NOT NULL, 
	deleted INTEGER DEFAULT '0' NOT NULL, 
	reason TEXT, 
	warnings TEXT DEFAULT '{}' NOT NULL, 
	created_at BIGINT NOT NULL, 
	updated_at BIGINT NOT NULL, 
	started_at BIGINT, 
	ended_at BIGINT, 
	due BIGINT, 
	expires_at BIGINT, 
	retain_until BIGINT, 
	hold TEXT, 
	expired INTEGER DEFAULT '0' NOT NULL, 
	CONSTRAINT fk_job_asset FOREIGN KEY(asset) REFERENCES asset (number), 
	CONSTRAINT fk_job_batch FOREIGN KEY(batch) REFERENCES batch (number), 
	CONSTRAINT fk_job_item FOREIGN KEY(item) REFERENCES item (number), 
	CONSTRAINT fk_job_organization FOREIGN KEY(organization) REFERENCES organization (number), 
	CONSTRAINT fk_job_owner FOREIGN KEY(owner) REFERENCES user (number), 
	CONSTRAINT uq_job_id UNIQUE (id)
);

CREATE TABLE watch_file (
	watch INTEGER NOT NULL, 
	path TEXT NOT NULL, 
	size BIGINT NOT NULL, 
	mtime_ns BIGINT NOT NULL, 
	job TEXT, 
	taken_at BIGINT NOT NULL, 
	CONSTRAINT pk_watch_file PRIMARY KEY (watch, path), 
	CONSTRAINT fk_watch_file_watch FOREIGN KEY(watch) REFERENCES watch (number) ON DELETE CASCADE
)
 WITHOUT ROWID

;

CREATE TABLE bulk (
	job INTEGER NOT NULL, 
	action TEXT NOT NULL, 
	filter TEXT DEFAULT '{}' NOT NULL, 
	changes TEXT DEFAULT '{}' NOT NULL, 
	user_name TEXT NOT NULL, 
	admin INTEGER DEFAULT '0' NOT NULL, 
	rights TEXT DEFAULT '{}' NOT NULL, 
	place_at BIGINT, 
	place_number BIGINT, 
	matched INTEGER NOT NULL, 
	changed INTEGER DEFAULT '0' NOT NULL, 
	skipped INTEGER DEFAULT '0' NOT NULL, 
	CONSTRAINT pk_bulk PRIMARY KEY (job), 
	CONSTRAINT fk_bulk_job FOREIGN KEY(job) REFERENCES job (number) ON DELETE CASCADE
)
 WITHOUT ROWID

;

CREATE TABLE collaborator (
	share INTEGER NOT NULL, 
	job INTEGER NOT NULL, 
	user INTEGER, 
	team INTEGER, 
	whole INTEGER, 
	steps TEXT DEFAULT '{}' NOT NULL, 
	job_created_at BIGINT NOT NULL, 
	CONSTRAINT pk_collaborator PRIMARY KEY (share), 
	CONSTRAINT fk_collaborator_job FOREIGN KEY(job) REFERENCES job (number) ON DELETE CASCADE, 
	CONSTRAINT fk_collaborator_team FOREIGN KEY(team) REFERENCES team (number) ON DELETE CASCADE, 
	CONSTRAINT fk_collaborator_user FOREIGN KEY(user) REFERENCES user (number), 
	CONSTRAINT fk_collaborator_whole FOREIGN KEY(whole) REFERENCES organization (number)
);

CREATE TABLE delivery_attempt (
	number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	delivery INTEGER NOT NULL, 
	at BIGINT NOT NULL, 
	ms INTEGER NOT NULL, 
	status INTEGER, 
	error TEXT, 
	answer TEXT NOT NULL, 
	CONSTRAINT fk_delivery_attempt_delivery FOREIGN KEY(delivery) REFERENCES delivery (number)
);

CREATE TABLE event (
	number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	job INTEGER NOT NULL, 
	type TEXT NOT NULL, 
	task TEXT, 
	data TEXT DEFAULT '{}' NOT NULL, 
	at BIGINT NOT NULL, 
	CONSTRAINT fk_event_job FOREIGN KEY(job) REFERENCES job (number)
);

CREATE TABLE idempotency (
	organization INTEGER NOT NULL, 
	"key" TEXT NOT NULL, 
	fingerprint TEXT NOT NULL, 
	job INTEGER NOT NULL, 
	created_at BIGINT NOT NULL, 
	CONSTRAINT pk_idempotency PRIMARY KEY (organization, "key"), 
	CONSTRAINT fk_idempotency_job FOREIGN KEY(job) REFERENCES job (number) ON DELETE CASCADE, 
	CONSTRAINT fk_idempotency_organization FOREIGN KEY(organization) REFERENCES organization (number)
)
 WITHOUT ROWID

;

CREATE TABLE route (
	job INTEGER NOT NULL, 
	source TEXT NOT NULL, 
	source_port TEXT NOT NULL, 
	target TEXT NOT NULL, 
	target_port TEXT NOT NULL, mode TEXT DEFAULT 'chunk' NOT NULL, 
	CONSTRAINT pk_route PRIMARY KEY (job, source, source_port, target, target_port), 
	CONSTRAINT fk_route_job FOREIGN KEY(job) REFERENCES job (number)
)
 WITHOUT ROWID

;

CREATE TABLE task (
	number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	id TEXT NOT NULL, 
	job INTEGER NOT NULL, 
	organization INTEGER NOT NULL, 
	batch INTEGER DEFAULT '0' NOT NULL, 
	due BIGINT DEFAULT '4611686018427387904' NOT NULL, 
	name TEXT NOT NULL, 
	engine TEXT NOT NULL, 
	pool TEXT NOT NULL, 
	state TEXT NOT NULL, 
	features TEXT DEFAULT '{}' NOT NULL, 
	parameters TEXT DEFAULT '{}' NOT NULL, 
	required INTEGER DEFAULT '1' NOT NULL, 
	max_retries INTEGER DEFAULT '0' NOT NULL, 
	priority INTEGER NOT NULL, 
	generation INTEGER DEFAULT '1' NOT NULL, 
	attempt INTEGER DEFAULT '0' NOT NULL, 
	deaths INTEGER DEFAULT '0' NOT NULL, 
	failures INTEGER DEFAULT '0' NOT NULL, 
	token TEXT, 
	worker TEXT, 
	progress TEXT DEFAULT '{}' NOT NULL, 
	warnings TEXT DEFAULT '{}' NOT NULL, 
	failure TEXT, 
	retry_at BIGINT, 
	ready_at BIGINT, 
	started_at BIGINT, 
	ended_at BIGINT, mode TEXT DEFAULT 'whole' NOT NULL, lane INTEGER DEFAULT '0' NOT NULL, lane_of TEXT, wait_for_parents INTEGER DEFAULT '0' NOT NULL, input TEXT, asset INTEGER, flow TEXT DEFAULT '{}' NOT NULL, review TEXT, 
	CONSTRAINT fk_task_job FOREIGN KEY(job) REFERENCES job (number), 
	CONSTRAINT uq_task_id UNIQUE (id), 
	CONSTRAINT uq_task_job_name UNIQUE (job, name)
);

CREATE TABLE attempt (
	number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	id TEXT NOT NULL, 
	task INTEGER NOT NULL, 
	attempt INTEGER NOT NULL, 
	generation INTEGER NOT NULL, 
	worker TEXT NOT NULL, 
	token TEXT NOT NULL, 
	state TEXT NOT NULL, 
	failure TEXT, 
	claimed_at BIGINT NOT NULL, 
	started_at BIGINT, 
	ended_at BIGINT, 
	CONSTRAINT fk_attempt_task FOREIGN KEY(task) REFERENCES task (number), 
	CONSTRAINT uq_attempt_id UNIQUE (id), 
	CONSTRAINT uq_attempt_token UNIQUE (token)
);

CREATE TABLE part (
	task INTEGER NOT NULL, 
	generation INTEGER NOT NULL, 
	port TEXT NOT NULL, 
	number INTEGER NOT NULL, 
	organization INTEGER NOT NULL, 
	sha256 TEXT NOT NULL, 
	size BIGINT NOT NULL, 
	media_type TEXT NOT NULL, meta TEXT DEFAULT '{}' NOT NULL, document TEXT, 
	CONSTRAINT pk_part PRIMARY KEY (task, generation, port, number), 
	CONSTRAINT fk_part_organization FOREIGN KEY(organization) REFERENCES organization (number), 
	CONSTRAINT fk_part_task FOREIGN KEY(task) REFERENCES task (number)
)
 WITHOUT ROWID

;

CREATE TABLE result (
	task INTEGER NOT NULL, 
	generation INTEGER NOT NULL, 
	feature TEXT NOT NULL, 
	job INTEGER NOT NULL, 
	document TEXT DEFAULT '{}' NOT NULL, 
	media TEXT DEFAULT '{}' NOT NULL, 
	provenance TEXT DEFAULT '{}' NOT NULL, 
	created_at BIGINT NOT NULL, 
	CONSTRAINT pk_result PRIMARY KEY (task, generation, feature), 
	CONSTRAINT fk_result_job FOREIGN KEY(job) REFERENCES job (number), 
	CONSTRAINT fk_result_task FOREIGN KEY(task) REFERENCES task (number)
)
 WITHOUT ROWID

;

CREATE TABLE log (
	number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	attempt INTEGER NOT NULL, 
	at BIGINT NOT NULL, 
	level TEXT NOT NULL, 
	text TEXT NOT NULL, 
	CONSTRAINT fk_log_attempt FOREIGN KEY(attempt) REFERENCES attempt (number)
);

CREATE VIRTUAL TABLE search USING fts5(
    scope, name, results, metadata, tokenize = "unicode61 remove_diacritics 2");

CREATE TABLE engine (
	id TEXT NOT NULL, 
	organization INTEGER NOT NULL, 
	manifest TEXT DEFAULT '{}' NOT NULL, 
	created_at BIGINT NOT NULL, 
	CONSTRAINT pk_engine PRIMARY KEY (id), 
	CONSTRAINT fk_engine_organization FOREIGN KEY(organization) REFERENCES organization (number)
)
 WITHOUT ROWID

;

CREATE TABLE folder (
	number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	id TEXT NOT NULL, 
	organization INTEGER NOT NULL, 
	parent INTEGER, 
	name TEXT NOT NULL, 
	description TEXT NOT NULL, 
	owner INTEGER, 
	created_at BIGINT NOT NULL, 
	updated_at BIGINT, 
	CONSTRAINT fk_folder_organization FOREIGN KEY(organization) REFERENCES organization (number), 
	CONSTRAINT fk_folder_owner FOREIGN KEY(owner) REFERENCES user (number), 
	CONSTRAINT fk_folder_parent FOREIGN KEY(parent) REFERENCES folder (number) ON DELETE CASCADE, 
	CONSTRAINT uq_folder_id UNIQUE (id)
);

CREATE TABLE folder_item (
	folder INTEGER NOT NULL, 
	item INTEGER NOT NULL, 
	created_at BIGINT NOT NULL, 
	CONSTRAINT pk_folder_item PRIMARY KEY (folder, item), 
	CONSTRAINT fk_folder_item_folder FOREIGN KEY(folder) REFERENCES folder (number) ON DELETE CASCADE, 
	CONSTRAINT fk_folder_item_item FOREIGN KEY(item) REFERENCES item (number) ON DELETE CASCADE
)
 WITHOUT ROWID

;

CREATE TABLE item_asset (
	number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	item INTEGER NOT NULL, 
	asset INTEGER NOT NULL, 
	role TEXT NOT NULL, 
	main INTEGER DEFAULT '0' NOT NULL, 
	task INTEGER, 
	extras TEXT DEFAULT '{}' NOT NULL, 
	created_at BIGINT NOT NULL, 
	CONSTRAINT fk_item_asset_asset FOREIGN KEY(asset) REFERENCES asset (number) ON DELETE CASCADE, 
	CONSTRAINT fk_item_asset_item FOREIGN KEY(item) REFERENCES item (number) ON DELETE CASCADE
);

CREATE TABLE export (
	job INTEGER NOT NULL, 
	organization INTEGER NOT NULL, 
	spec TEXT DEFAULT '{}' NOT NULL, 
	user_name TEXT NOT NULL, 
	admin INTEGER DEFAULT '0' NOT NULL, 
	rights TEXT DEFAULT '[]' NOT NULL, 
	asset INTEGER, 
	CONSTRAINT pk_export PRIMARY KEY (job), 
	CONSTRAINT fk_export_asset FOREIGN KEY(asset) REFERENCES asset (number) ON DELETE SET NULL, 
	CONSTRAINT fk_export_job FOREIGN KEY(job) REFERENCES job (number) ON DELETE CASCADE, 
	CONSTRAINT fk_export_organization FOREIGN KEY(organization) REFERENCES organization (number)
)
 WITHOUT ROWID

;

CREATE TABLE review (
	number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	id TEXT NOT NULL, 
	organization INTEGER NOT NULL, 
	job INTEGER NOT NULL, 
	task INTEGER NOT NULL, 
	generation INTEGER NOT NULL, 
	step TEXT NOT NULL, 
	state TEXT NOT NULL, 
	outcome TEXT, 
	confidence FLOAT, 
	opened_at BIGINT NOT NULL, 
	closed_at BIGINT, due_at BIGINT, retries INTEGER DEFAULT '0' NOT NULL, 
	CONSTRAINT fk_review_job FOREIGN KEY(job) REFERENCES job (number), 
	CONSTRAINT fk_review_organization FOREIGN KEY(organization) REFERENCES organization (number), 
	CONSTRAINT uq_review_id UNIQUE (id)
);

CREATE TABLE chunk (
	task INTEGER NOT NULL, 
	generation INTEGER NOT NULL, 
	number INTEGER NOT NULL, 
	state TEXT NOT NULL, 
	tries INTEGER DEFAULT '0' NOT NULL, 
	token TEXT, 
	CONSTRAINT pk_chunk PRIMARY KEY (task, generation, number), 
	CONSTRAINT fk_chunk_task FOREIGN KEY(task) REFERENCES task (number)
)
 WITHOUT ROWID

;

CREATE TABLE review_answer (
	number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	id TEXT NOT NULL, 
	review INTEGER NOT NULL, 
	user INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	comment TEXT NOT NULL, 
	target TEXT, 
	digest TEXT NOT NULL, 
	sha256 TEXT, 
	size BIGINT, 
	document TEXT, 
	media_type TEXT, 
	changes INTEGER DEFAULT '0' NOT NULL, 
	at BIGINT NOT NULL, 
	CONSTRAINT fk_review_answer_review FOREIGN KEY(review) REFERENCES review (number), 
	CONSTRAINT fk_review_answer_user FOREIGN KEY(user) REFERENCES user (number), 
	CONSTRAINT uq_review_answer_id UNIQUE (id)
);

CREATE TABLE review_claim (
	number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	review INTEGER NOT NULL, 
	user INTEGER NOT NULL, 
	taken_at BIGINT NOT NULL, 
	expires_at BIGINT NOT NULL, 
	ended_at BIGINT, 
	ending TEXT, 
	CONSTRAINT fk_review_claim_review FOREIGN KEY(review) REFERENCES review (number), 
	CONSTRAINT fk_review_claim_user FOREIGN KEY(user) REFERENCES user (number)
);

CREATE TABLE review_draft (
	review INTEGER NOT NULL, 
	user INTEGER NOT NULL, 
	sha256 TEXT, 
	size BIGINT NOT NULL, 
	document TEXT, 
	media_type TEXT NOT NULL, 
	saved_at BIGINT NOT NULL, 
	CONSTRAINT pk_review_draft PRIMARY KEY (review, user), 
	CONSTRAINT fk_review_draft_review FOREIGN KEY(review) REFERENCES review (number), 
	CONSTRAINT fk_review_draft_user FOREIGN KEY(user) REFERENCES user (number)
)
 WITHOUT ROWID

;

CREATE TABLE attempt_grant (
	attempt INTEGER NOT NULL, 
	secret_sha256 TEXT NOT NULL, 
	folder TEXT NOT NULL, 
	files TEXT DEFAULT '[]' NOT NULL, 
	expires_at BIGINT NOT NULL, 
	CONSTRAINT pk_attempt_grant PRIMARY KEY (attempt), 
	CONSTRAINT fk_attempt_grant_attempt FOREIGN KEY(attempt) REFERENCES attempt (number) ON DELETE CASCADE
)
 WITHOUT ROWID

;

CREATE TABLE review_change (
	answer INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	op TEXT NOT NULL, 
	path TEXT NOT NULL, 
	"before" TEXT, 
	"after" TEXT, 
	CONSTRAINT pk_review_change PRIMARY KEY (answer, position), 
	CONSTRAINT fk_review_change_answer FOREIGN KEY(answer) REFERENCES review_answer (number)
)
 WITHOUT ROWID

;

CREATE TABLE grant_message (
	number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	attempt INTEGER NOT NULL, 
	call INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	body TEXT DEFAULT '{}' NOT NULL, 
	file TEXT, 
	media_type TEXT NOT NULL, 
	CONSTRAINT fk_grant_message_attempt FOREIGN KEY(attempt) REFERENCES attempt_grant (attempt) ON DELETE CASCADE
);

CREATE TABLE agreement (
	number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	organization INTEGER NOT NULL, 
	pipeline TEXT NOT NULL, 
	job INTEGER NOT NULL, 
	one INTEGER NOT NULL, 
	other INTEGER NOT NULL, 
	agreed INTEGER NOT NULL, 
	score FLOAT NOT NULL, 
	at BIGINT NOT NULL, 
	CONSTRAINT fk_agreement_organization FOREIGN KEY(organization) REFERENCES organization (number)
);

CREATE TABLE measure (
	number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	organization INTEGER NOT NULL, 
	pipeline TEXT NOT NULL, 
	job INTEGER NOT NULL, 
	truth INTEGER NOT NULL, 
	role TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	correct INTEGER NOT NULL, 
	score FLOAT NOT NULL, 
	at BIGINT NOT NULL, 
	CONSTRAINT fk_measure_organization FOREIGN KEY(organization) REFERENCES organization (number)
);

CREATE TABLE program (
	number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	organization INTEGER NOT NULL, 
	digest TEXT NOT NULL, 
	body TEXT NOT NULL, 
	CONSTRAINT fk_program_organization FOREIGN KEY(organization) REFERENCES organization (number), 
	CONSTRAINT uq_program_organization_digest UNIQUE (organization, digest)
);

CREATE TABLE ground_truth (
	number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	id TEXT NOT NULL, 
	organization INTEGER NOT NULL, 
	owner INTEGER NOT NULL, 
	pipeline TEXT NOT NULL, 
	input TEXT DEFAULT '{}' NOT NULL, 
	digest TEXT NOT NULL, 
	label TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	state TEXT NOT NULL, 
	tag TEXT, 
	metadata TEXT DEFAULT '{}' NOT NULL, 
	used INTEGER DEFAULT '0' NOT NULL, 
	job INTEGER, 
	created_at BIGINT NOT NULL, 
	updated_at BIGINT NOT NULL, 
	CONSTRAINT fk_ground_truth_organization FOREIGN KEY(organization) REFERENCES organization (number), 
	CONSTRAINT fk_ground_truth_owner FOREIGN KEY(owner) REFERENCES user (number), 
	CONSTRAINT uq_ground_truth_id UNIQUE (id)
);

CREATE TABLE measure_field (
	measure INTEGER NOT NULL, 
	field TEXT NOT NULL, 
	correct INTEGER NOT NULL, 
	truth TEXT, 
	given TEXT, 
	CONSTRAINT pk_measure_field PRIMARY KEY (measure, field), 
	CONSTRAINT fk_measure_field_measure FOREIGN KEY(measure) REFERENCES measure (number) ON DELETE CASCADE
)
 WITHOUT ROWID

;

CREATE TABLE batch_error (
	batch INTEGER NOT NULL, 
	"row" INTEGER NOT NULL, 
	field TEXT NOT NULL, 
	message TEXT NOT NULL, 
	CONSTRAINT pk_batch_error PRIMARY KEY (batch, "row"), 
	CONSTRAINT fk_batch_error_batch FOREIGN KEY(batch) REFERENCES batch (number) ON DELETE CASCADE
)
 WITHOUT ROWID

;

CREATE TABLE ingest (
	job INTEGER NOT NULL, 
	batch INTEGER NOT NULL, 
	asset INTEGER NOT NULL, 
	format TEXT NOT NULL, 
	jobs TEXT DEFAULT '{}' NOT NULL, 
	"key" TEXT, 
	callback TEXT, 
	phase TEXT NOT NULL, 
	place BIGINT DEFAULT '0' NOT NULL, 
	"row" INTEGER DEFAULT '0' NOT NULL, 
	user_name TEXT NOT NULL, 
	admin INTEGER DEFAULT '0' NOT NULL, 
	rights TEXT DEFAULT '{}' NOT NULL, 
	CONSTRAINT pk_ingest PRIMARY KEY (job), 
	CONSTRAINT fk_ingest_batch FOREIGN KEY(batch) REFERENCES batch (number) ON DELETE CASCADE, 
	CONSTRAINT fk_ingest_job FOREIGN KEY(job) REFERENCES job (number) ON DELETE CASCADE, 
	CONSTRAINT uq_ingest_batch UNIQUE (batch)
)
 WITHOUT ROWID

;

CREATE TABLE job_mark (
	job INTEGER NOT NULL, 
	correct INTEGER, 
	kind TEXT DEFAULT 'default' NOT NULL, 
	truth INTEGER, 
	CONSTRAINT pk_job_mark PRIMARY KEY (job), 
	CONSTRAINT fk_job_mark_job FOREIGN KEY(job) REFERENCES job (number) ON DELETE CASCADE
)
 WITHOUT ROWID

;

CREATE TABLE output_edit (
	number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	job INTEGER NOT NULL, 
	generation INTEGER NOT NULL, 
	user INTEGER NOT NULL, 
	document TEXT NOT NULL, 
	at BIGINT NOT NULL, 
	CONSTRAINT fk_output_edit_job FOREIGN KEY(job) REFERENCES job (number), 
	CONSTRAINT fk_output_edit_user FOREIGN KEY(user) REFERENCES user (number)
);

CREATE TABLE review_left_out (
	review INTEGER NOT NULL, 
	user INTEGER NOT NULL, 
	CONSTRAINT pk_review_left_out PRIMARY KEY (review, user), 
	CONSTRAINT fk_review_left_out_review FOREIGN KEY(review) REFERENCES review (number), 
	CONSTRAINT fk_review_left_out_user FOREIGN KEY(user) REFERENCES user (number)
)
 WITHOUT ROWID

;

CREATE INDEX ix_login_attempt_at ON login_attempt (at);

CREATE INDEX ix_login_attempt_subject ON login_attempt (subject, at);

CREATE INDEX ix_turn_served ON turn (served);

CREATE INDEX ix_team_list ON team (organization, number);

CREATE INDEX ix_user_list ON user (organization, number) WHERE removed = 0;

CREATE UNIQUE INDEX ix_user_name ON user (organization, name) WHERE removed = 0;

CREATE INDEX ix_api_key_list ON api_key (organization, number);

CREATE INDEX ix_api_key_user ON api_key (user, number);

CREATE UNIQUE INDEX ix_asset_current ON asset (handle) WHERE current = 1;

CREATE INDEX ix_asset_list ON asset (organization, number) WHERE current = 1;

CREATE UNIQUE INDEX ix_asset_path ON asset (organization, path) WHERE path IS NOT NULL AND current = 1;

CREATE INDEX ix_batch_list ON batch (organization, number);

CREATE INDEX ix_endpoint_list ON endpoint (organization, number) WHERE callback = 0;

CREATE INDEX ix_endpoint_unused ON endpoint (number) WHERE callback = 1 AND uses = 0;

CREATE INDEX ix_identity_user ON identity (user);

CREATE INDEX ix_item_cut_of ON item (cut_of) WHERE cut_of IS NOT NULL;

CREATE INDEX ix_item_list ON item (organization, kind, number);

CREATE INDEX ix_session_expires_at ON session (expires_at);

CREATE INDEX ix_session_user ON session (user);

CREATE INDEX ix_team_member_user ON team_member (user);

CREATE INDEX ix_upload_expires_at ON upload (expires_at);

CREATE INDEX ix_watch_list ON watch (organization, number);

CREATE INDEX ix_delivery_due ON delivery (lane, due_at, number) WHERE state = 'pending' AND lease IS NULL;

CREATE INDEX ix_delivery_lease ON delivery (lease_until) WHERE lease IS NOT NULL;

CREATE INDEX ix_delivery_list ON delivery (endpoint, number);

CREATE INDEX ix_delivery_next ON delivery (due_at) WHERE state = 'pending' AND lease IS NULL;

CREATE INDEX ix_delivery_range ON delivery (endpoint, created_at);

CREATE INDEX ix_delivery_settled ON delivery (created_at) WHERE state != 'pending';

CREATE INDEX ix_delivery_state ON delivery (endpoint, state, number);

CREATE INDEX ix_job_asset ON job (asset) WHERE asset IS NOT NULL;

CREATE INDEX ix_job_batch ON job (batch, created_at, number) WHERE deleted = 0 AND batch IS NOT NULL;

CREATE INDEX ix_job_batch_state ON job (batch, state) WHERE deleted = 0 AND batch IS NOT NULL;

CREATE INDEX ix_job_expires ON job (expires_at) WHERE expires_at IS NOT NULL AND ended_at IS NULL AND cancel_requested = 0;

CREATE INDEX ix_job_item ON job (item) WHERE item IS NOT NULL;

CREATE INDEX ix_job_list ON job (organization, created_at, number) WHERE deleted = 0;

CREATE INDEX ix_job_number ON job (organization, number) WHERE deleted = 0;

CREATE INDEX ix_job_owner ON job (owner, created_at, number) WHERE deleted = 0;

CREATE INDEX ix_job_owner_number ON job (owner, number) WHERE deleted = 0;

CREATE INDEX ix_job_retain ON job (retain_until) WHERE retain_until IS NOT NULL;

CREATE INDEX ix_job_state ON job (organization, state, created_at, number) WHERE deleted = 0;

CREATE INDEX ix_job_type ON job (organization, type, created_at, number) WHERE deleted = 0;

CREATE INDEX ix_watch_file_taken ON watch_file (watch, taken_at);

CREATE INDEX ix_collaborator_job ON collaborator (job);

CREATE INDEX ix_collaborator_team_job ON collaborator (team, job) WHERE "team" IS NOT NULL;

CREATE INDEX ix_collaborator_team_time ON collaborator (team, job_created_at, job) WHERE "team" IS NOT NULL;

CREATE INDEX ix_collaborator_user_job ON collaborator (user, job) WHERE "user" IS NOT NULL;

CREATE INDEX ix_collaborator_user_time ON collaborator (user, job_created_at, job) WHERE "user" IS NOT NULL;

CREATE INDEX ix_collaborator_whole_job ON collaborator (whole, job) WHERE "whole" IS NOT NULL;

CREATE INDEX ix_collaborator_whole_time ON collaborator (whole, job_created_at, job) WHERE "whole" IS NOT NULL;

CREATE INDEX ix_delivery_attempt_delivery ON delivery_attempt (delivery, number);

CREATE INDEX ix_event_job ON event (job, number);

CREATE INDEX ix_idempotency_created_at ON idempotency (created_at);

CREATE INDEX ix_idempotency_job ON idempotency (job);

CREATE INDEX ix_task_active ON task (worker, engine, organization, batch, pool) WHERE state IN ('starting', 'running');

CREATE INDEX ix_task_ready ON task (organization, pool, engine, priority, batch, due, ready_at, number) WHERE state = 'ready' AND retry_at IS NULL;

CREATE INDEX ix_task_retry ON task (retry_at) WHERE state = 'ready' AND retry_at IS NOT NULL;

CREATE INDEX ix_attempt_task ON attempt (task);

CREATE INDEX ix_result_job ON result (job);

CREATE INDEX ix_log_attempt ON log (attempt, number);

CREATE INDEX ix_folder_inside ON folder (organization, parent, name);

CREATE INDEX ix_folder_parent ON folder (parent);

CREATE INDEX ix_folder_item_item ON folder_item (item);

CREATE INDEX ix_item_asset_asset ON item_asset (asset);

CREATE INDEX ix_item_asset_item ON item_asset (item, role, number);

CREATE INDEX ix_export_asset ON export (asset);

CREATE INDEX ix_export_list ON export (organization, job);

CREATE INDEX ix_review_job ON review (job, number);

CREATE INDEX ix_review_list ON review (organization, number);

CREATE INDEX ix_review_open ON review (organization, number) WHERE state = 'open';

CREATE INDEX ix_review_step ON review (organization, step, number) WHERE state = 'open';

CREATE UNIQUE INDEX ix_review_task ON review (task) WHERE state = 'open';

CREATE INDEX ix_chunk_queued ON chunk (task, generation, tries, number) WHERE state = 'queued';

CREATE INDEX ix_chunk_token ON chunk (token) WHERE token IS NOT NULL;

CREATE INDEX ix_review_answer_review ON review_answer (review, number);

CREATE INDEX ix_review_claim_expires ON review_claim (expires_at) WHERE ended_at IS NULL;

CREATE UNIQUE INDEX ix_review_claim_held ON review_claim (review, user) WHERE ended_at IS NULL;

CREATE INDEX ix_review_claim_review ON review_claim (review);

CREATE INDEX ix_review_claim_user ON review_claim (user, review) WHERE ended_at IS NULL;

CREATE INDEX ix_grant_message ON grant_message (attempt, number);

CREATE INDEX ix_asset_retain ON asset (retain_until) WHERE retain_until IS NOT NULL AND current = 1;

CREATE UNIQUE INDEX ix_pool_id ON pool (id) WHERE id IS NOT NULL;

CREATE INDEX ix_task_asset ON task (asset) WHERE asset IS NOT NULL;

CREATE INDEX ix_agreement_job ON agreement (job);

CREATE INDEX ix_agreement_quality ON agreement (organization, pipeline, at);

CREATE INDEX ix_measure_job ON measure (job);

CREATE INDEX ix_measure_quality ON measure (organization, pipeline, role, at);

CREATE INDEX ix_ground_truth_input ON ground_truth (organization, pipeline, digest, number) WHERE state = 'active';

CREATE INDEX ix_ground_truth_list ON ground_truth (organization, number);

CREATE INDEX ix_ground_truth_pipeline ON ground_truth (organization, pipeline, number);

CREATE INDEX ix_job_mark_correct ON job_mark (correct) WHERE correct IS NOT NULL;

CREATE INDEX ix_job_mark_kind ON job_mark (kind) WHERE kind != 'default';

CREATE INDEX ix_job_mark_truth ON job_mark (truth) WHERE truth IS NOT NULL;

CREATE INDEX ix_output_edit_job ON output_edit (job, number);

CREATE INDEX ix_review_due ON review (due_at) WHERE state = 'open' AND due_at IS NOT NULL;
