import theme from "vitepress/theme";
import "./wide.css";

/** VitePress's own, with room for tables of four columns. */
export default theme;
