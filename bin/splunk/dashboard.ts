/** A panel: what it is called, its search, and how it is shown. */
interface Panel {
  readonly title: string;
  readonly query: string;
  readonly show: "table" | "line" | "column" | "bar" | "singlevalue";
  readonly wide?: boolean;
}

/** What is shown, in this order. */
export const panels: readonly Panel[] = [
  { title: "Events by outcome", query: "`wandb_audit` | timechart dc(event_uid) BY status", show: "line" },
  {
    title: "Actions",
    query: "`wandb_audit` | stats dc(event_uid) AS events BY signature_id | sort 20 - events",
    show: "bar",
  },
  {
    title: "Most active",
    query:
      "`wandb_audit` wandb.actor_user_id=* | stats dc(event_uid) AS events dc(src) AS addresses latest(wandb.actor_email) AS actor_email max(_time) AS last BY wandb.actor_user_id | sort 25 - events | convert ctime(last)",
    show: "table",
  },
  {
    title: "Addresses",
    query:
      "`wandb_audit` src=* | stats dc(event_uid) AS events dc(wandb.actor_user_id) AS users min(_time) AS first max(_time) AS last BY src | iplocation src | table src Country events users first last | sort 25 - events | convert ctime(first) ctime(last)",
    show: "table",
  },
  {
    title: "API keys made and deleted",
    query:
      '`wandb_audit` signature_id IN ("user:create_api_key", "user:delete_api_key") | dedup event_uid | table _time signature_id status wandb.actor_email wandb.actor_user_id wandb.user_asset src',
    show: "table",
  },
  {
    title: "Refused",
    query:
      "`wandb_audit` result_id IN (401, 403) | fillnull value=- wandb.actor_user_id src | stats dc(event_uid) AS events dc(wandb.project_asset) AS projects BY wandb.actor_user_id src | sort 25 - events",
    show: "table",
  },
  {
    title: "Deleted",
    query:
      '`wandb_audit` signature_id="*delete*" NOT signature_id="*undelete*" NOT status="failure" | timechart dc(event_uid) BY signature_id',
    show: "column",
  },
  {
    title: "Artifacts read",
    query:
      '`wandb_audit` signature_id="artifact:read" NOT status="failure" | stats dc(event_uid) AS events dc(wandb.artifact_asset) AS artifacts BY wandb.actor_user_id src | sort 25 - events',
    show: "table",
  },
  {
    title: "The forwarder: what it tells of itself",
    query:
      '`wandb_forwarder` NOT signature_id="wandb-audit-forwarder:heartbeat" | table _time signature_id severity signature',
    show: "table",
  },
  {
    title: "How late events arrive, minutes",
    query:
      "`wandb_audit` | eval minutes=(_indextime-_time)/60 | timechart median(minutes) AS half perc95(minutes) AS most",
    show: "line",
  },
];

const [columns, width, height] = [2, 590, 300];

function definition() {
  const ids = panels.map((_, at) => `p${at}`);
  return {
    title: "W&B audit log",
    dataSources: Object.fromEntries(
      panels.map(({ query, title }, at) => [
        `s${at}`,
        {
          type: "ds.search",
          name: title,
          options: { query, queryParameters: { earliest: "$time.earliest$", latest: "$time.latest$" } },
        },
      ]),
    ),
    visualizations: Object.fromEntries(
      panels.map(({ title, show }, at) => [
        `p${at}`,
        { type: `splunk.${show}`, title, dataSources: { primary: `s${at}` } },
      ]),
    ),
    inputs: {
      time: {
        type: "input.timerange",
        title: "Time",
        options: { token: "time", defaultValue: "-24h@h,now" },
      },
    },
    layout: {
      type: "absolute",
      options: { width: columns * (width + 10), height: Math.ceil(panels.length / columns) * (height + 10) },
      globalInputs: ["time"],
      structure: ids.map((item, at) => ({
        item,
        type: "block",
        position: {
          x: (at % columns) * (width + 10),
          y: Math.floor(at / columns) * (height + 10),
          w: width,
          h: height,
        },
      })),
    },
  };
}

/** A dashboard of Dashboard Studio, as an app brings it. */
export const dashboardView = `<dashboard version="2" theme="light">
  <label>W&amp;B audit log</label>
  <description>Who did what in Weights &amp; Biases, from where, and whether the forwarder is well.</description>
  <definition><![CDATA[
${JSON.stringify(definition(), undefined, 2)}
  ]]></definition>
</dashboard>
`;
